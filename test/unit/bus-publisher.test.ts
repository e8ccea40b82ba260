import { join } from "node:path";
import { expect } from "chai";
import { after, afterEach, describe, it } from "mocha";
import { BusPublisher, type BusPublisherDependencies } from "#services/publisher/bus-publisher.ts";
import { openSqliteEventBus } from "#shared/adapters/embedded/bus/sqlite-event-bus.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Event, Outcome } from "#shared/domain/event.ts";
import type { BranchId, ShardId } from "#shared/domain/ids.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { depositMessage, tradeMessage } from "#test/contract/support/sample-messages.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";

const SHARD = "crypto-1" as ShardId;
const REIGN = "us-east-1.1" as BranchId;
const FORK = "ap-northeast-1.9" as BranchId;

function outcomeOf(seq: number, branch: BranchId, ...events: Event[]): Outcome {
  const { time, commandId } = depositMessage(seq);
  return { shard: SHARD, branch, seq: seq as never, time, commandId, events };
}
const deposit = (seq: number, branch = REIGN) => outcomeOf(seq, branch, depositMessage(seq, 1, seq).event);

describe("the publisher of the bus", () => {
  const folders = temporaryFolders();
  after(() => folders.removeAll());
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  /** A journal, a bus, what the ledger hears, and what is final, which the test says. */
  function stage() {
    const folder = folders.make();
    const clock = systemClock();
    const fail = (error: unknown) => {
      throw error;
    };
    const journal = openSqliteJournal({ file: join(folder, "journal.db") });
    const bus = openSqliteEventBus({
      file: join(folder, "bus.db"),
      clock,
      consumers: ["ledger"],
      onFailure: fail,
    });
    closers.push(
      () => journal.close(),
      () => bus.close(),
    );
    const told: BusMessage[] = [];
    const refusals: string[] = [];
    const state = { finalSeq: 0, refuse: 0 };
    const { markets } = defaultDefinitions();
    const dependencies: BusPublisherDependencies = {
      shard: SHARD,
      journal,
      bus: {
        publish: async (messages) => {
          if (state.refuse-- > 0) return { ok: false, error: "throttled", message: "too fast" };
          told.push(...messages);
          return bus.publish(messages);
        },
      },
      positions: bus.positions,
      isFinal: (branch, seq) => branch === REIGN && seq <= state.finalSeq,
      isFork: (branch) => branch === FORK,
      marketOf: (id) => markets.find((market) => market.id === id),
      clock,
      onRefused: ({ error }) => refusals.push(error),
      onFailure: fail,
    };
    return {
      journal,
      told,
      refusals,
      state,
      positions: bus.positions,
      start: async (changes: Partial<BusPublisherDependencies> = {}) => {
        const publisher = await BusPublisher.start({ ...dependencies, ...changes });
        closers.push(() => publisher.stop());
        return publisher;
      },
    };
  }
  const names = (messages: readonly BusMessage[]) => messages.map(({ name }) => name.slice(SHARD.length + 1));

  it("tells of what is final, in order, and of nothing else", async () => {
    const { journal, told, state, start } = stage();
    await journal.append([deposit(1), deposit(2), deposit(3)]);
    state.finalSeq = 2;
    const publisher = await start();
    await eventually(() => publisher.position === 2);
    expect(names(told)).to.deep.equal(["us-east-1.1/1/0", "us-east-1.1/2/0"]);
    expect(told.every(({ isFinal }) => isFinal)).to.equal(true);
    state.finalSeq = 3;
    await eventually(() => publisher.position === 3);
    expect(names(told)).to.deep.equal(["us-east-1.1/1/0", "us-east-1.1/2/0", "us-east-1.1/3/0"]);
  });

  it("names each event by its place in its outcome, and says of a trade what changed hands", async () => {
    const { journal, told, state, start } = stage();
    const balance = { kind: "BalanceChanged", account: 1, asset: "USDT", free: 1, locked: 0 } as Event;
    await journal.append([outcomeOf(1, REIGN, balance, tradeMessage(1).event)]);
    state.finalSeq = 1;
    await start();
    await eventually(() => told.length === 1);
    expect(told[0]).to.deep.equal({
      ...tradeMessage(1),
      index: 1,
      name: "crypto-1/us-east-1.1/1/1",
      amounts: { base: "BTC", baseAmount: 20_000, quote: "USDT", quoteAmount: 10_000_000 },
    });
  });

  it("tells of a fork at once, as what may be undone; and of what stands in its place once that is final", async () => {
    const { journal, told, state, start, positions } = stage();
    await journal.append([deposit(1), deposit(2, FORK), deposit(3, FORK)]);
    state.finalSeq = 1;
    await start();
    await eventually(() => told.length === 3);
    expect(told.map(({ isFinal }) => isFinal)).to.deep.equal([true, false, false]);
    expect(await positions.position(SHARD)).to.equal(1);
    await journal.rewind(1);
    await journal.append([deposit(2), deposit(3)]);
    state.finalSeq = 3;
    await eventually(async () => (await positions.position(SHARD)) === 3);
    expect(names(told.slice(3))).to.deep.equal(["us-east-1.1/2/0", "us-east-1.1/3/0"]);
    expect(told.slice(3).every(({ isFinal }) => isFinal)).to.equal(true);
  });

  it("does not tell of a reign's tail that was cut before it was final", async () => {
    const { journal, told, state, start } = stage();
    const other = "eu-west-1.2" as BranchId;
    await journal.append([deposit(1), deposit(2), deposit(3)]);
    state.finalSeq = 1;
    const publisher = await start({
      isFinal: (branch, seq) => seq <= state.finalSeq && (seq === 1 || branch === other),
    });
    await eventually(() => publisher.position === 1);
    await journal.rewind(1);
    await journal.append([deposit(2, other)]);
    state.finalSeq = 2;
    await eventually(() => publisher.position === 2);
    expect(names(told)).to.deep.equal(["us-east-1.1/1/0", "eu-west-1.2/2/0"]);
  });

  it("loses nothing when it dies between telling and remembering, and says it again under the same names", async () => {
    const { journal, told, state, start, positions } = stage();
    await journal.append([deposit(1), deposit(2)]);
    state.finalSeq = 2;
    let isDead = false;
    const dying = await start({
      positions: {
        ...positions,
        advance: () => {
          isDead = true;
          return new Promise(() => {});
        },
      },
    });
    await eventually(() => isDead);
    dying.stop();
    const next = await start();
    await eventually(() => next.position === 2);
    expect(names(told)).to.deep.equal([
      "us-east-1.1/1/0",
      "us-east-1.1/2/0",
      "us-east-1.1/1/0",
      "us-east-1.1/2/0",
    ]);
  });

  it("goes on trying where the bus refuses, and remembers nothing meanwhile", async () => {
    const { journal, told, refusals, state, start } = stage();
    await journal.append([deposit(1)]);
    state.finalSeq = 1;
    state.refuse = 2;
    const publisher = await start();
    await eventually(() => refusals.length === 1);
    expect(publisher.position).to.equal(0);
    await eventually(() => publisher.position === 1);
    expect(refusals).to.deep.equal(["throttled", "throttled"]);
    expect(names(told)).to.deep.equal(["us-east-1.1/1/0"]);
  });
});
