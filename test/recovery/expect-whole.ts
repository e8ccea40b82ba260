import { expect } from "chai";
import { openStores } from "#local/open-stores.ts";
import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import { createEngine, restoreEngine } from "#services/matching/engine/engine.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { CommandEnvelope } from "#shared/domain/command.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import { encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, MarketId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import type { ShardStores } from "#shared/ports/stores.ts";
import type { UserState } from "#shared/protocol/socket.ts";
import { expectSame, places, reaches, tradePlaces, userPlaces } from "#test/e2e/feed-places.ts";
import type { FeedRecorder, Spot } from "#test/e2e/feed-recorder.ts";
import { expectInvariants } from "#test/support/engine-invariants.ts";
import { EventWatch } from "#test/support/event-watch.ts";
import { eventually } from "#test/support/eventually.ts";

const SHARDS = defaultDefinitions().shards.map(({ id }) => id);
/** Of BTCUSDT, in which the clients trade. */
export const SHARD = "crypto-1" as ShardId;
const MARKET = "BTCUSDT" as MarketId;
const ALL = 1_000_000;

/**
 * Stops the platform and looks at what it left: log, journal, snapshots and tables say the same, the invariants 1 to 4, 6 and 7 of the architecture hold, and
 * the clients have heard all of it (8).
 */
export async function expectWholeAfterKills(
  folder: string,
  recorders: readonly FeedRecorder[],
  stop: () => Promise<void>,
): Promise<void> {
  await eventually(() => recorders.every(({ socket, user }) => socket.connected && user.length > 0));
  await untilQuiet(recorders);
  await stop();
  const all = openStores(folder, { fresh: false, shards: SHARDS, onFailure: fail });
  const stores = all.shards.get(SHARD);
  assert(stores !== undefined, "the shard's stores are open");
  try {
    const commands = (await stores.log.read(0, ALL)).map(({ bytes }) => decodeOrNull(bytes));
    const outcomes = await stores.journal.read(0, ALL);
    const snapshots = await stores.snapshots.list(SHARD);
    expect(snapshots, "snapshots were taken").to.have.length(3);
    expectSameFold(commands, outcomes, snapshots);
    expectEachOnce(outcomes);
    await expectTables(stores, outcomes);
    for (const [at, recorder] of recorders.entries()) expectHeard(recorder, outcomes, `client ${at}`);
  } finally {
    await all.close();
  }
}

/** The last order of each client's owner was told: nothing more is on its way to it. */
async function untilQuiet(recorders: readonly FeedRecorder[]): Promise<void> {
  for (const { socket, user, trades } of recorders) {
    const state = await new Promise<UserState>((resolve) => {
      socket.emit("state", (answer) => {
        if ("error" in answer) throw new Error(answer.error.msg);
        resolve(answer);
      });
    });
    const place = state.places.find(({ shard }) => shard === SHARD);
    expect(place?.seq).to.be.at.least(Math.max(user.at(-1)?.seq ?? 0, trades.at(-1)?.seq ?? 0));
  }
}

/** The whole log folds to the journal's events and to the digest of every snapshot; each snapshot and its tail fold to the same end (7). */
function expectSameFold(
  commands: readonly (CommandEnvelope | null)[],
  outcomes: readonly Outcome[],
  snapshots: readonly Snapshot[],
): void {
  expect(outcomes.length).to.equal(commands.length);
  const engine = createEngine(SHARD, ROOT_BRANCH);
  const watch = new EventWatch();
  const folded = new Map<number, { readonly digest: string; readonly bytes: string }>();
  for (const [at, envelope] of commands.entries()) {
    const events = engine.apply(envelope);
    const { seq, time } = engine;
    const journaled = outcomes[at];
    if (journaled === undefined) throw new Error("the journal is shorter than the log");
    const outcome = { ...journaled, seq, time, commandId: envelope?.commandId ?? ("" as const), events };
    expect(digestOf(encodeOutcome(outcome)), `seq ${seq}`).to.equal(digestOf(encodeOutcome(journaled)));
    watch.note(events);
    if (seq % 50 === 0) {
      const state = engine.state();
      expectInvariants(state);
      watch.expectState(state);
    }
    if (snapshots.some((snapshot) => snapshot.seq === seq))
      folded.set(seq, { digest: engine.digest(), bytes: digestOf(engine.snapshot()) });
  }
  expectInvariants(engine.state());
  for (const { seq, digest, bytes } of snapshots) {
    const restored = restoreEngine(bytes);
    const kept = { digest: restored.digest(), bytes: digest };
    expect(kept, `the snapshot at ${seq}`).to.deep.equal(folded.get(seq));
    for (const envelope of commands.slice(seq)) restored.apply(envelope);
    expect(restored.digest(), `snapshot ${seq} and its tail`).to.equal(engine.digest());
  }
}

/** A command id has an effect once (6); so has an order id. */
function expectEachOnce(outcomes: readonly Outcome[]): void {
  const commands = new Set<string>();
  const orders = new Set<number>();
  for (const { commandId, events, seq } of outcomes) {
    for (const event of events) {
      if (event.kind !== "OrderAccepted") continue;
      expect(orders.has(event.orderId), `order ${event.orderId} again at ${seq}`).to.equal(false);
      orders.add(event.orderId);
    }
    if (events.length === 0 || events[0]?.kind === "CommandRepeated") continue;
    expect(commands.has(commandId), `command ${commandId} again at ${seq}`).to.equal(false);
    commands.add(commandId);
  }
  expect(orders.size).to.be.greaterThan(0);
}

/** The tables hold what the journal says up to their position: every trade, and each order with what its trades executed. */
async function expectTables({ projections }: ShardStores, outcomes: readonly Outcome[]): Promise<void> {
  const position = projections.position(SHARD);
  expect(position).to.be.at.most(outcomes.length);
  const events = outcomes.slice(0, position).flatMap((outcome) => outcome.events);
  const executed = new Map<number, number>();
  const tradeIds: number[] = [];
  for (const event of events) {
    if (event.kind === "OrderAccepted") executed.set(event.orderId, 0);
    if (event.kind !== "Trade") continue;
    tradeIds.push(event.tradeId);
    for (const id of [event.makerOrderId, event.takerOrderId])
      executed.set(id, (executed.get(id) ?? 0) + event.quantity);
  }
  const trades = await projections.trades({ market: MARKET, limit: ALL });
  expect(trades.map(({ tradeId }) => tradeId)).to.deep.equal(tradeIds);
  for (const [orderId, quantity] of executed) {
    const row = await projections.order(orderId as Parameters<typeof projections.order>[0]);
    expect(row?.executed, `order ${orderId} in the table`).to.equal(quantity);
  }
}

/**
 * Every message of its feeds since it came, once and in order (8). Where the user feed was begun anew from a snapshot, what the snapshot holds is not told
 * one by one; the trades are never.
 */
function expectHeard(recorder: FeedRecorder, outcomes: readonly Outcome[], who: string): void {
  const { user, trades, seen, start, resets } = recorder;
  const account = accountOf(user, outcomes);
  if (account === undefined || start === undefined) throw new Error(`${who} heard nothing`);
  const heard = outcomes.filter(({ seq }) => seq > start.seq);
  const isInSnapshot = ([seq, index]: Spot) =>
    resets.some(
      ({ after, throughSeq }) =>
        seq <= throughSeq && (seq > after[0] || (seq === after[0] && index > after[1])),
    );
  const wanted = heard
    .flatMap((outcome) => userPlaces(outcome, account))
    .filter((spot) => !isInSnapshot(spot));
  expect(wanted.length).to.be.greaterThan(50);
  expectSame(places(user), wanted, `user feed of ${who}`);
  const wantedTrades = heard.flatMap(tradePlaces);
  expectSame(places(trades), wantedTrades, `trades of ${who}`);
  expect(reaches(trades, wantedTrades.at(-1))).to.equal(true);
  expect(seen.snapshots, `${who} began no other feed anew`).to.equal(resets.length);
  expect(seen.duplicates, `${who} heard nothing twice`).to.equal(0);
}

/** Whose feed it is: the account of the first order that it tells of. */
function accountOf(user: FeedRecorder["user"], outcomes: readonly Outcome[]): AccountId | undefined {
  const orderId = user.flatMap((message) => ("orderId" in message ? [message.orderId] : []))[0];
  for (const { events } of outcomes)
    for (const event of events)
      if (event.kind === "OrderAccepted" && event.orderId === orderId) return event.account;
  return undefined;
}

function fail(error: unknown): never {
  throw error;
}
