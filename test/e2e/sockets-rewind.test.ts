import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { createIdentityService } from "#services/gateway/identity/identity-service.ts";
import { OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import type { OrderEntry } from "#services/gateway/order-entry.ts";
import { ReconciliationFeed } from "#services/gateway/reconciliations/reconciliation-feed.ts";
import { ExchangeStatus } from "#services/gateway/regions/exchange-status.ts";
import { attachSockets } from "#services/gateway/sockets/attach-sockets.ts";
import { GENEROUS_SOCKET_LIMITS } from "#services/gateway/sockets/socket-limits.ts";
import { attachStreams } from "#services/gateway/streams/attach-streams.ts";
import { STREAM_LIMITS, WS_API_LIMITS } from "#services/gateway/streams/stream-limits.ts";
import { ExchangeView } from "#services/gateway/views/exchange-view.ts";
import { LiveView } from "#services/gateway/views/live-view.ts";
import { rebuildView } from "#services/gateway/views/rebuild-view.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { startProjector } from "#services/projector/projector.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import { openSqliteIdentityStore } from "#shared/adapters/embedded/sqlite-identity-store.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { openSqliteOutbox } from "#shared/adapters/embedded/sqlite-outbox.ts";
import { openSqliteProjections } from "#shared/adapters/embedded/sqlite-projections.ts";
import { openSqliteReconciliationStore } from "#shared/adapters/embedded/sqlite-reconciliation-store.ts";
import { openSqliteSnapshotStore } from "#shared/adapters/embedded/sqlite-snapshot-store.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { Command } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  RegionId,
  Seq,
} from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { RewoundMessage } from "#shared/protocol/region-messages.ts";
import type { ExecutionReport, TradeMessage } from "#shared/protocol/socket.ts";
import { SILENT_LOG } from "#shared/telemetry/log.ts";
import { eventually } from "#test/support/eventually.ts";
import { ONE_SHARD, oneShard } from "#test/support/one-shard.ts";
import { soloStatus } from "#test/support/solo-status.ts";
import { openStream, type TestStream } from "#test/support/stream-client.ts";
import { FeedRecorder } from "./feed-recorder.ts";

const REIGN = "us-east-1.1" as BranchId;
const FORK = "eu-west-1.1" as BranchId;
const NEXT = "ap-northeast-1.1" as BranchId;
const HOME = "us-east-1" as RegionId;

/** The tape of a Region that matched on alone, and then learned what the majority had decided: real engines, journal, tables, view and sockets. */
describe("clients of a tape that goes back", () => {
  const clock = systemClock();
  const random = systemRandom();
  const folder = mkdtempSync(join(tmpdir(), "meridian-rewind-"));
  const file = (name: string) => ({ file: join(folder, name) });
  const onFailure = (error: unknown): never => {
    throw error;
  };
  const journal = openSqliteJournal(file("journal.db"));
  const snapshots = openSqliteSnapshotStore(file("snapshots.db"));
  const projections = openSqliteProjections(file("projections.db"));
  const store = openSqliteIdentityStore(file("identity.db"));
  const outbox = openSqliteOutbox(file("outbox.db"));
  const feed = createLocalOutcomeFeed();
  const server = createServer((_request, response) => response.end());
  const closers: (() => unknown)[] = [];
  let account: AccountId;
  let client: FeedRecorder;
  let stream: TestStream;
  let view: LiveView;
  const rewound: RewoundMessage[] = [];
  let shared: readonly (readonly [Command, BranchId])[];
  let forkSeq: Seq;

  let minted = 0;
  const fold = (engine: ReturnType<typeof createEngine>, command: Command, branch: BranchId): Outcome => {
    const commandId = (++minted).toString(16).padStart(32, "0") as CommandId;
    const events = engine.apply({ commandId, branch, validUntil: 0, command });
    const { seq, time } = engine;
    return { shard: ONE_SHARD, branch: engine.branch, seq, time, commandId, events };
  };
  const publish = async (outcomes: readonly Outcome[]) => {
    await journal.append(outcomes);
    for (const outcome of outcomes) feed.publish(outcome);
  };
  const order = (orderId: number, side: "BUY" | "SELL", price: number): Command => ({
    kind: "PlaceOrder",
    account,
    market: "BTCUSDT" as MarketId,
    orderId: orderId as OrderId,
    clientOrderId: `order-${orderId}`,
    ...{ side, type: "LIMIT", timeInForce: "GTC", price, quantity: 1000, quoteQuantity: 0, stopPrice: 0 },
    ...{ trailingDelta: 0, icebergQuantity: 0, goodTillDate: 0, selfTradePrevention: "NONE" },
  });
  const started = (branch: BranchId, parent: BranchId, parentSeq: Seq, epoch: number, provisional: boolean) =>
    ({ kind: "BranchStarted", branch, parent, parentSeq, epoch, provisional }) as const;

  before(async () => {
    const identity = await createIdentityService({
      ...{ store, clock, random, sessionLifetimeSeconds: 3600 },
      mintAccount: () => 7 as AccountId,
      sealerOf: (key) => createLocalSealer(key, random),
    });
    const signedIn = await identity.signUp("rewound", "correct horse battery staple");
    account = signedIn.account;
    const engine = createEngine(ONE_SHARD, ROOT_BRANCH);
    shared = [
      [started(REIGN, ROOT_BRANCH, 0 as Seq, 1, false), REIGN],
      [{ kind: "Tick", time: clock.now() }, REIGN],
      ...definitionCommands(oneShard(), ONE_SHARD, engine.state()).map(
        (command) => [command, REIGN] as const,
      ),
      [{ kind: "Deposit", account, asset: "BTC" as AssetId, amount: 1e10 }, REIGN],
      [{ kind: "Deposit", account, asset: "USDT" as AssetId, amount: 1e13 }, REIGN],
      [order(1, "BUY", 1_000_000), REIGN],
    ];
    await journal.append(shared.map(([command, branch]) => fold(engine, command, branch)));
    const finalSeq = () => 0;
    const projector = await startProjector({
      ...{ shard: ONE_SHARD, journal, snapshots, projections, clock, finalSeq, onFailure },
    });
    const sources = { shard: ONE_SHARD, journal, snapshots, projections, clock };
    view = new LiveView(await rebuildView(sources), feed, sources, onFailure);
    const queue = await OutboxQueue.open(outbox, clock);
    const exchange = new ExchangeView([view], { waiting: queue });
    const finality = new Map([
      [ONE_SHARD, { finalSeq: 0, current: undefined, onAdvance: () => ({ cancel: () => {} }) }],
    ]);
    const span = { epoch: 1, branch: REIGN, owner: HOME, parentSeq: 0 as Seq, start: 0, cutDigest: "" };
    const status = new ExchangeStatus({
      source: soloStatus(HOME, new Map([[ONE_SHARD, [span]]])),
      view: exchange,
      intakeOf: () => undefined,
      finality,
    });
    const sockets = attachSockets({
      reconciliations: new ReconciliationFeed(openSqliteReconciliationStore({ file: ":memory:" })),
      ...{ server, view: exchange, finality, status, queue, projections, clock },
      journals: new Map([[ONE_SHARD, journal]]),
      entry: {} as OrderEntry,
      authenticator: identity,
      limits: GENEROUS_SOCKET_LIMITS,
      sessionCookieName: "meridian_session",
    });
    const streams = attachStreams({
      ...{ server, view: exchange, queue, projections, clock, authenticator: identity },
      entry: {} as OrderEntry,
      streamLimits: STREAM_LIMITS,
      wsApiLimits: WS_API_LIMITS,
      countOrder: (_account, place) => place(),
      proxyHops: 0,
      log: SILENT_LOG,
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new FeedRecorder(url, signedIn.token, "BTCUSDT");
    client.socket.on("rewound", (message) => rewound.push(message));
    await eventually(() => client.isLive);
    stream = await openStream(url, "/ws/btcusdt@depth@100ms");
    closers.push(
      () => client.close(),
      () => streams.close(),
      () => sockets.close(),
      () => new Promise((resolve) => server.close(resolve)),
      () => projector.stop(),
    );
    // The fork: it trades with what rests, and nobody else ever hears of it.
    forkSeq = engine.seq;
    await publish([
      fold(engine, started(FORK, REIGN, engine.seq, 1, true), FORK),
      fold(engine, order(2, "SELL", 1_000_000), FORK),
      fold(engine, order(3, "SELL", 2_000_000), FORK),
    ]);
  });
  after(async () => {
    for (const close of closers) await close();
    for (const each of [journal, snapshots, projections, store, outbox]) await each.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const reports = (orderId: number) =>
    client.user.filter(
      (message): message is ExecutionReport => "orderStatus" in message && message.orderId === orderId,
    );
  const provisional = (messages: readonly (ExecutionReport | TradeMessage)[]) =>
    messages.map((message) => message.provisional);

  it("are told that what happens in a fork is provisional", async () => {
    await eventually(() => client.trades.length === 1 && reports(3).length === 1);
    expect(provisional(client.trades)).to.deep.equal([true]);
    expect(provisional(reports(1))).to.deep.equal([true]);
    expect(provisional(reports(3))).to.deep.equal([true]);
    expect(client.trades.map(({ branch }) => branch)).to.deep.equal([FORK]);
    expect(client.seen.gaps, "a branch that continues the feed is no gap").to.equal(0);
    await eventually(() => client.book.levels("asks", 5).length === 1);
  });

  it("are told of each feed how far it went back, and then what stands there instead", async () => {
    const engine = createEngine(ONE_SHARD, ROOT_BRANCH);
    minted = 0;
    for (const [command, branch] of shared) fold(engine, command, branch);
    await journal.rewind(forkSeq);
    feed.rewind({ shard: ONE_SHARD, toSeq: forkSeq });
    await publish([
      fold(engine, started(NEXT, REIGN, engine.seq, 2, false), NEXT),
      fold(engine, order(4, "SELL", 1_500_000), NEXT),
    ]);
    await eventually(() => reports(4).length === 1);
    const stand = { shard: ONE_SHARD, branch: REIGN, toSeq: forkSeq };
    expect(rewound).to.have.deep.members([
      { feed: `user/${ONE_SHARD}`, ...stand },
      { feed: "BTCUSDT", ...stand },
    ]);
    expect(provisional(reports(4))).to.deep.equal([false]);
    expect(client.seen.gaps).to.equal(0);
    // Binance's streams have no word for it: who follows one comes back and takes the book anew (1012, "service restart").
    await eventually(() => stream.closed !== undefined);
    expect(stream.closed).to.equal(1012);
    expect(view.openOrders(account).map(({ orderId, status }) => [orderId, status])).to.deep.equal([
      [1, "NEW"],
      [4, "NEW"],
    ]);
  });

  it("have the book of the tape as it is now, and no trade of the fork", async () => {
    await eventually(() => client.book.levels("asks", 5)[0]?.[0]?.startsWith("15000") === true);
    expect(client.book.levels("asks", 5)).to.have.length(1);
    expect(client.book.levels("bids", 5)).to.have.length(1);
    expect(client.trades).to.deep.equal([]);
  });

  it("go on from a lost connection where they stand on the new tape", async () => {
    const resyncs = client.seen.resyncs;
    client.drop();
    await eventually(() => client.seen.resyncs >= resyncs + 2);
    expect(client.seen.snapshots).to.equal(0);
  });

  it("are told what they missed since a branch that was continued, and nothing on a branch that was given up", async () => {
    const resync = (branch: BranchId, seq: number) =>
      client.socket.emitWithAck("resync", { feed: "BTCUSDT", branch, seq, index: Number.MAX_SAFE_INTEGER });
    expect(await resync(REIGN, forkSeq - 1)).to.include({ outcome: "missed" });
    expect(await resync(FORK, forkSeq + 1)).to.include({ outcome: "snapshot" });
    expect(await resync(REIGN, forkSeq + 1)).to.include({ outcome: "snapshot" });
  });
});
