import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Command } from "#shared/domain/command.ts";
import { branchOfRecord, encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { decodeEvents } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { Event } from "#shared/domain/event.ts";
import type { AccountId, BranchId, CommandId, OrderId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import { createNaiveEngine } from "#test/oracle/naive-engine.ts";
import { BRANCH, commandStreams } from "./command-streams.ts";
import { type Damage, damage, damaged } from "./damage.ts";

const SHARD = "shard-1" as ShardId;
/** What stands before and after a record in a larger buffer. */
const AROUND = 7;

/** Mostly none; else one or two changes of a record. */
const damages = fc.array(
  fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(damage, { minLength: 1, maxLength: 2 })),
  { minLength: 1, maxLength: 60 },
);

describe("records of the log", function () {
  this.timeout(120_000);

  it("say without being decoded in which branch they stand, and whether they begin or end one", () => {
    const met = new Map<string, number>();
    fc.assert(
      fc.property(commandStreams(60), (stream) => {
        for (const envelope of stream) {
          if (envelope === null) continue;
          const { branch, command } = envelope;
          const isOfBranches = ["BranchStarted", "EpochEnded", "ForkSealed"].includes(command.kind);
          expect(branchOfRecord(encodeCommand(envelope)), command.kind).to.deep.equal({
            branch,
            isOfBranches,
          });
          met.set(command.kind, (met.get(command.kind) ?? 0) + 1);
        }
      }),
      { numRuns: 200 },
    );
    expect([...met.keys()]).to.include.members(["BranchStarted", "EpochEnded", "ForkSealed", "ForkCommand"]);
  });

  it("are folded from their bytes as from what they mean: whole, changed or cut, and wherever they stand", () => {
    const met = { whole: 0, changed: 0, undecodable: 0 };
    fc.assert(
      fc.property(commandStreams(60), damages, (stream, changes) => {
        const [fast, plain, naive] = [
          createEngine(SHARD, BRANCH),
          createEngine(SHARD, BRANCH),
          createNaiveEngine(SHARD, BRANCH),
        ];
        for (const [at, envelope] of stream.entries()) {
          const whole = envelope === null ? Uint8Array.of(0xff) : encodeCommand(envelope);
          // The first commands make the shard and are left alone, or there would be nothing to trade.
          const change = at < stream.length / 4 ? [] : (changes[at % changes.length] as Damage[]);
          const record = change.reduce(damaged, whole);
          const meaning = decodeOrNull(record);
          met[meaning === null ? "undecodable" : change.length > 0 ? "changed" : "whole"]++;
          const events = foldFromBuffer(fast, record, whole);
          const what = `record ${at}: ${Buffer.from(record).toString("hex")}`;
          expect(events, what).to.deep.equal(plain.apply(meaning));
          expect(events, what).to.deep.equal(naive.apply(meaning));
          expect(fast.digest(), what).to.equal(plain.digest());
          if (at % 16 === 0) expect(fast.digest(), what).to.equal(naive.digest());
        }
        expect(fast.state()).to.deep.equal(naive.state());
        expect(fast.digest()).to.equal(naive.digest());
      }),
      { numRuns: 700 },
    );
    for (const [kind, times] of Object.entries(met))
      expect(times, `${kind} records were met`).to.be.greaterThan(500);
  });

  it("are folded the same by an engine that was told of them, whatever it was told: of all, of some, of others", () => {
    const hint = fc.record({ every: fc.integer({ min: 1, max: 20 }), ahead: fc.nat(40), skipped: fc.nat(2) });
    fc.assert(
      fc.property(commandStreams(60), fc.array(hint, { minLength: 1, maxLength: 8 }), (stream, hints) => {
        const [told, plain] = [createEngine(SHARD, BRANCH), createEngine(SHARD, BRANCH)];
        const records = stream.map((one) => (one === null ? Uint8Array.of(0xff) : encodeCommand(one)));
        for (const [at, record] of records.entries()) {
          const { every, ahead, skipped } = hints[at % hints.length] as (typeof hints)[number];
          const next = at % every === 0 ? records.slice(at + skipped, at + skipped + ahead) : [];
          for (const one of next) told.expect(one);
          const what = `record ${at}: ${Buffer.from(record).toString("hex")}`;
          expect(eventsOf(told, record), what).to.equal(eventsOf(plain, record));
          expect(told.digest(), what).to.equal(plain.digest());
        }
      }),
      { numRuns: 300 },
    );
  });

  it("of the branch before are misdirected, even if the engine was told of them before the branch changed", () => {
    const [told, plain] = [createEngine(SHARD, BRANCH), createEngine(SHARD, BRANCH)];
    const next = "us-east-1.2" as BranchId;
    const { assets, markets } = defaultDefinitions();
    const market = markets[0] as Market;
    const order: Command = {
      kind: "PlaceOrder",
      orderId: 1 as OrderId,
      account: 1 as AccountId,
      market: market.id,
      clientOrderId: "a",
      side: "BUY",
      type: "LIMIT",
      timeInForce: "GTC",
      price: market.minPrice,
      quantity: market.minQuantity,
      quoteQuantity: 0,
      stopPrice: 0,
      trailingDelta: 0,
      icebergQuantity: 0,
      goodTillDate: 0,
      selfTradePrevention: "NONE",
    };
    const before: Command[] = [
      ...assets.map((asset): Command => ({ kind: "DefineAsset", asset })),
      { kind: "DefineMarket", market },
      order,
    ];
    const parentSeq = before.length as Seq;
    const starts: Command = {
      kind: "BranchStarted",
      branch: next,
      parent: BRANCH,
      parentSeq,
      epoch: 1,
      provisional: false,
    };
    const records = [...before, starts, order].map((command, at) =>
      encodeCommand({
        commandId: at.toString(16).padStart(32, "0") as CommandId,
        branch: command === starts ? next : BRANCH,
        validUntil: 0,
        command,
      }),
    );
    for (const record of records.slice(0, before.length)) told.applyEncoded(record);
    for (const record of records.slice(before.length)) told.expect(record);
    const misdirected = records.slice(before.length).map((record) => eventsOf(told, record));
    expect(misdirected).to.deep.equal(records.map((record) => eventsOf(plain, record)).slice(before.length));
    expect(told.digest()).to.equal(plain.digest());
  });
});

/** The events of a record, in hex. */
function eventsOf(engine: Engine, record: Uint8Array): string {
  const { bytes, length } = engine.applyEncoded(record);
  return Buffer.from(bytes.subarray(0, length)).toString("hex");
}

/** Folds a record in the middle of a buffer; where it was cut, what follows would make it whole. */
function foldFromBuffer(engine: Engine, record: Uint8Array, whole: Uint8Array): readonly Event[] {
  const buffer = new Uint8Array(Math.max(record.length, whole.length) + 2 * AROUND).fill(1);
  buffer.set(whole, AROUND);
  buffer.set(record, AROUND);
  const { bytes, length, count } = engine.applyEncoded(buffer, AROUND, AROUND + record.length);
  return decodeEvents(bytes.subarray(0, length), count);
}
