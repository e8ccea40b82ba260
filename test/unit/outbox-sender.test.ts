import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import { OutboxSender } from "#services/gateway/intake/outbox-sender.ts";
import { openSqliteOutbox } from "#shared/adapters/embedded/sqlite-outbox.ts";
import type { Command } from "#shared/domain/command.ts";
import type { AccountId, CommandId, MarketId, OrderId, ShardId } from "#shared/domain/ids.ts";
import type { Outbox } from "#shared/ports/outbox.ts";
import { eventually } from "#test/support/eventually.ts";
import { REIGN, REMOTE } from "#test/support/intake-world.ts";
import { manualClock } from "#test/support/manual-clock.ts";

const SHARD = "crypto-1" as ShardId;
const ALICE = 1 as AccountId;
const BOB = 2 as AccountId;

describe("the sender of the outbox", () => {
  const clock = manualClock();
  let folder: string;
  let store: Outbox;
  let queue: OutboxQueue;
  let sender: OutboxSender;
  let sent: CommandId[];
  let answers: Map<CommandId, (isHeard: boolean) => void>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "meridian-outbox-"));
    store = openSqliteOutbox({ file: join(folder, "outbox.db") });
    queue = await OutboxQueue.open(store, clock);
    sent = [];
    answers = new Map();
    sender = new OutboxSender({
      route: { shard: SHARD, state: () => REMOTE, onChange: () => ({ cancel: () => {} }) },
      queue,
      clock,
      mayFork: () => false,
      deliver: ({ envelope: { commandId } }) => {
        sent.push(commandId);
        return new Promise((resolve) => answers.set(commandId, resolve));
      },
      onFailure: (error) => {
        throw error;
      },
    });
  });
  afterEach(async () => {
    sender.stop();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const add = async (account: AccountId, number: number): Promise<CommandId> => {
    const commandId = number.toString(16).padStart(32, "0") as CommandId;
    const command: Command = {
      kind: "CancelOrder",
      account,
      market: "BTCUSDT" as MarketId,
      orderId: number as OrderId,
      origClientOrderId: "",
      restriction: "NONE",
    };
    const envelope = { commandId, branch: REIGN, validUntil: 0, command };
    expect(await queue.add({ shard: SHARD, account, state: "queued", envelope })).to.equal(true);
    return commandId;
  };

  it("has many of an account's commands under way at once, in their order, and no more than it may", async () => {
    const ids: CommandId[] = [];
    for (let number = 1; number <= 40; number++) ids.push(await add(ALICE, number));
    sender.wake();
    await eventually(() => sent.length === 32);
    expect(sent).to.deep.equal(ids.slice(0, 32));
    await queue.settle(ids[0] as CommandId);
    answers.get(ids[0] as CommandId)?.(true);
    await eventually(() => sent.length === 33);
    expect(sent.at(-1)).to.equal(ids[32]);
  });

  it("lets nothing of an account go past what was sent in vain, and holds nobody else up", async () => {
    const first = await add(ALICE, 1);
    sender.wake();
    await eventually(() => sent.length === 1);
    answers.get(first)?.(false);
    const second = await add(ALICE, 2);
    const other = await add(BOB, 3);
    sender.wake();
    await eventually(() => sent.length === 2);
    expect(sent).to.deep.equal([first, other]);
    clock.advance(1000);
    await eventually(() => sent.length === 4);
    expect(sent.slice(2)).to.deep.equal([first, second]);
  });
});
