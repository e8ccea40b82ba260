import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { createEngine, restoreEngine } from "#services/matching/engine/engine.ts";
import type { CommandEnvelope } from "#shared/domain/command.ts";
import { type Event, EXPIRY_REASONS, REJECT_REASONS } from "#shared/domain/event.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { createNaiveEngine } from "#test/oracle/naive-engine.ts";
import { expectInvariants, expectWithinLimits, type OrderLimits } from "#test/support/engine-invariants.ts";
import { SEED } from "#test/support/seed.ts";
import { BRANCH, commandStreams } from "./command-streams.ts";

const SHARD = "shard-1" as ShardId;
const runs = Number(process.env.MERIDIAN_RUNS ?? 1500);

describe(`the fast engine and the naive one (seed ${SEED}, ${runs} runs each)`, function () {
  this.timeout(600_000);
  const seen = new Set<string>();

  function note(events: readonly Event[]): void {
    for (const event of events) {
      seen.add(event.kind);
      if ("reason" in event) seen.add(event.reason);
    }
  }

  it("give the same events for every command, and the same digest", () => {
    check(150, (stream) => {
      const fast = createEngine(SHARD, BRANCH);
      const naive = createNaiveEngine(SHARD, BRANCH);
      for (const [at, envelope] of stream.entries()) {
        const events = fast.apply(envelope);
        expect(events, `command ${at}`).to.deep.equal(naive.apply(envelope));
        note(events);
        if (at % 16 === 0) expect(fast.digest(), `digest after command ${at}`).to.equal(naive.digest());
      }
      expect(fast.state()).to.deep.equal(naive.state());
      expect(fast.digest()).to.equal(naive.digest());
    });
  });

  it("hold the invariants after every command: money kept, locks needed, books uncrossed, limits respected", () => {
    check(120, (stream) => {
      const engine = createEngine(SHARD, BRANCH);
      const limits: OrderLimits = new Map();
      for (const envelope of stream) {
        const events = engine.apply(envelope);
        for (const event of events) expectWithinLimits(event, limits);
        expectInvariants(engine.state());
      }
    });
  });

  it("go on from any snapshot to the same digest, and a repeated stream changes nothing", () => {
    check(120, (stream) => {
      const engine = createEngine(SHARD, BRANCH);
      const middle = Math.floor(stream.length / 2);
      for (const envelope of stream.slice(0, middle)) engine.apply(envelope);
      const restored = restoreEngine(engine.snapshot());
      for (const envelope of stream.slice(middle)) {
        expect(restored.apply(envelope)).to.deep.equal(engine.apply(envelope));
      }
      expect(restored.digest()).to.equal(engine.digest());
      const { balances, markets } = engine.state();
      const remembered = new Set(engine.state().commands.map(({ commandId }) => commandId));
      for (const envelope of stream) {
        if (envelope !== null && remembered.has(envelope.commandId)) engine.apply(envelope);
      }
      expect(engine.state().balances).to.deep.equal(balances);
      expect(engine.state().markets).to.deep.equal(markets);
    });
  });

  it("have met everything that can happen", () => {
    const kinds = [
      "OrderAccepted",
      "Trade",
      "OrderCanceled",
      "OrderExpired",
      "OrderAmended",
      "Deposited",
      "Withdrawn",
    ];
    const others = [
      "BalanceChanged",
      "LevelChanged",
      "AssetDefined",
      "MarketDefined",
      "CommandRepeated",
      "Misdirected",
    ];
    const wanted = [...kinds, ...others, "Undecodable", ...REJECT_REASONS, ...EXPIRY_REASONS];
    const missing = wanted.filter((each) => !seen.has(each));
    expect(missing, "the streams no longer reach these").to.deep.equal([]);
  });

  function check(maxLength: number, property: (stream: (CommandEnvelope | null)[]) => void): void {
    fc.assert(fc.property(commandStreams(maxLength), property), { numRuns: runs });
  }
});
