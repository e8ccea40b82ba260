import { creditIdOf } from "#services/funding/transfer-ids.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, Seq } from "#shared/domain/ids.ts";
import type { TransferInFlight } from "./region-view.ts";

/** Credits that are still at hand; of an older one its shard tells again when it is asked (the command that credits is repeatable). */
const CREDITS = 20_000;

/** What a shard sent to others and has not settled yet, and what it was credited lately. */
export class TransferMemory {
  readonly #sent = new Map<CommandId, TransferInFlight>();
  /** By the id of the command that credited, oldest first. */
  readonly #credits = new Map<CommandId, Seq>();

  constructor({ transfers, deposits, seq, shard }: EngineState) {
    // Since when they are in flight the state does not say: not later than now.
    for (const transfer of transfers)
      this.#sent.set(transfer.transferId, { ...transfer, fromShard: shard, seq });
    for (const { commandId, seq: at } of deposits.slice(-CREDITS)) this.#credits.set(commandId, at);
  }

  fold({ shard, seq, commandId, events }: Outcome): void {
    for (const event of events) {
      switch (event.kind) {
        case "TransferredOut": {
          const { kind: _kind, ...transfer } = event;
          this.#sent.set(event.transferId, { ...transfer, fromShard: shard, seq });
          break;
        }
        case "TransferEnded":
          this.#sent.delete(event.transferId);
          break;
        case "TransferredIn":
          this.#credit(creditIdOf(event.transferId), seq);
          break;
        case "CommandRepeated":
          // Who asks again about an old credit is told so.
          if (commandId !== "") this.#credit(commandId, event.firstSeq);
          break;
        default:
      }
    }
  }

  /** By id. */
  inFlight(): readonly TransferInFlight[] {
    return [...this.#sent.values()].sort((a, b) => (a.transferId < b.transferId ? -1 : 1));
  }

  creditedAt(transferId: CommandId): Seq | undefined {
    return this.#credits.get(creditIdOf(transferId));
  }

  #credit(commandId: CommandId, seq: Seq): void {
    if (this.#credits.has(commandId)) return;
    this.#credits.set(commandId, seq);
    if (this.#credits.size < 2 * CREDITS) return;
    for (const oldest of [...this.#credits.keys()].slice(0, CREDITS)) this.#credits.delete(oldest);
  }
}
