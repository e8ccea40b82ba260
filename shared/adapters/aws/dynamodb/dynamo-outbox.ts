import { decodeCommand, encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { AccountId, CommandId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Outbox, OutboxEntry, OutboxState } from "#shared/ports/outbox.ts";
import { checkedBytes, withChecksum } from "./checked-bytes.ts";
import { type Dynamo, TRANSACTION_MAX } from "./dynamo.ts";
import { StoreClosed } from "./dynamo-errors.ts";
import { numberOf, type Row, textOf } from "./row.ts";

export interface DynamoOutboxOptions {
  readonly dynamo: Dynamo;
  /** Whose outbox it is: the gateway's slot, which the next task takes over with what waits in it. */
  readonly gateway: string;
}

const ENTRIES_MAX = 1_000_000;

/** Opens a gateway's outbox. One task at a time has it. */
export async function openDynamoOutbox({ dynamo, gateway }: DynamoOutboxOptions): Promise<Outbox> {
  const pk = `OUTBOX#${gateway}`;
  const outbox = new DynamoOutbox(dynamo, pk);
  await outbox.load();
  return outbox;
}

class DynamoOutbox implements Outbox {
  readonly #dynamo: Dynamo;
  readonly #pk: string;
  /** By command: entries that are replaced keep their places. */
  readonly #places = new Map<CommandId, number>();
  #nextPlace = 1;
  #isClosed = false;

  constructor(dynamo: Dynamo, pk: string) {
    this.#dynamo = dynamo;
    this.#pk = pk;
  }

  async load(): Promise<void> {
    for (const row of await this.#rows()) {
      const place = numberOf(row, "place");
      this.#places.set(textOf(row, "commandId") as CommandId, place);
      this.#nextPlace = Math.max(this.#nextPlace, place + 1);
    }
  }

  async put(entries: readonly OutboxEntry[]): Promise<void> {
    assert(entries.length <= TRANSACTION_MAX, `an outbox takes ${TRANSACTION_MAX} entries at once`);
    const rows = entries.map((entry) => this.#rowOf(entry));
    const [only] = rows;
    if (rows.length === 1 && only !== undefined) await this.#dynamo.put("outbox", only);
    else await this.#dynamo.transact(rows.map((put) => ({ table: "outbox", put })));
  }

  async remove(commandIds: readonly CommandId[]): Promise<void> {
    await this.#dynamo.removeAll(
      "outbox",
      [...new Set(commandIds)].map((commandId) => ({ pk: this.#pk, sk: `COMMAND#${commandId}` })),
    );
    for (const commandId of commandIds) this.#places.delete(commandId);
  }

  async entries(): Promise<readonly OutboxEntry[]> {
    const rows = await this.#rows();
    return rows
      .sort((one, other) => numberOf(one, "place") - numberOf(other, "place"))
      .map((row) => ({
        shard: textOf(row, "shard") as ShardId,
        account: numberOf(row, "account") as AccountId,
        state: textOf(row, "state") as OutboxState,
        queuedAt: numberOf(row, "queuedAt"),
        changedAt: numberOf(row, "changedAt"),
        envelope: decodeCommand(checkedBytes(row, `the command ${textOf(row, "commandId")}`)),
      }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #rows(): Promise<Row[]> {
    if (this.#isClosed) throw new StoreClosed("The outbox was closed.");
    return this.#dynamo.query("outbox", { hash: ["pk", this.#pk], limit: ENTRIES_MAX });
  }

  #rowOf({ shard, account, state, queuedAt, changedAt, envelope }: OutboxEntry): Row {
    const { commandId } = envelope;
    const place = this.#places.get(commandId) ?? this.#nextPlace++;
    this.#places.set(commandId, place);
    const key = { pk: this.#pk, sk: `COMMAND#${commandId}` };
    const row = { ...key, commandId, place, shard, account, state, queuedAt, changedAt };
    return { ...row, ...withChecksum(encodeCommand(envelope)) };
  }
}
