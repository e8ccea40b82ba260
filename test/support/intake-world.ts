import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Admission } from "#services/gateway/intake/admission.ts";
import { LinkAppender } from "#services/gateway/intake/link-appender.ts";
import { OUTBOX_LIMITS, type OutboxChange, OutboxQueue } from "#services/gateway/intake/outbox-queue.ts";
import { ShardIntake } from "#services/gateway/intake/shard-intake.ts";
import type { RouteState, ShardRoute } from "#services/gateway/intake/shard-route.ts";
import { createRegionView } from "#services/gateway/views/create-region-view.ts";
import type { FollowingView } from "#services/gateway/views/region-view.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { openSqliteOutbox } from "#shared/adapters/embedded/sqlite-outbox.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Command, PlaceOrder } from "#shared/domain/command.ts";
import { commandIdOf, decodeCommand, encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { decodeEvents } from "#shared/domain/encoding/outcome-encoding.ts";
import { commandStart, traceOfRecord } from "#shared/domain/encoding/traced-record.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  RegionId,
} from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { Outbox } from "#shared/ports/outbox.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import { NO_TRACING, type Tracing } from "#shared/telemetry/tracing.ts";
import { type ManualClock, manualClock } from "./manual-clock.ts";
import { ONE_SHARD, oneShard } from "./one-shard.ts";
import { type RecordedMetrics, recordedMetrics } from "./recorded-metrics.ts";

export const REIGN = "us-east-1.1" as BranchId;
export const FORK = "eu-west-1.7" as BranchId;
export const OWN: RouteState = { kind: "own", branch: REIGN };
export const REMOTE: RouteState = { kind: "remote", owner: "us-east-1" as RegionId, branch: REIGN };
export const IN_FORK: RouteState = { kind: "fork", branch: FORK };
export const UNREACHABLE: RouteState = { kind: "unreachable" };
export const ALICE = 1 as AccountId;
export const TIMEOUT_MS = 5000;
export const QUEUED_VALIDITY_MS = 15 * 60_000;

/** How the link to the owner is: it works; nothing arrives; what is asked arrives and the answer does not. */
export type LinkWeather = "fine" | "down" | "deaf";

/** One shard with a real log, engine, journal and view, and a gateway's way into it, whose route and link a test moves. */
export interface IntakeWorld {
  readonly clock: ManualClock;
  readonly intake: ShardIntake;
  readonly queue: OutboxQueue;
  readonly view: FollowingView;
  /** What became of commands in the outbox. */
  readonly changes: OutboxChange[];
  readonly metrics: RecordedMetrics;
  /** Every command in the log, as it stands there. */
  commands(): Promise<Command[]>;
  /** How many of them carry a trace. */
  traced(): Promise<number>;
  setRoute(state: RouteState): void;
  setLink(weather: LinkWeather): void;
  /** How old the oldest outcome is that the journal does not have. */
  setJournalAge(ms: number): void;
  /** Appends what another Region, or the owner itself, appends. */
  append(command: Command, branch?: BranchId, commandId?: CommandId): Promise<void>;
  /** A fork of this Region, at the end of what it has folded. */
  openFork(): Promise<void>;
  /** A reign goes on from the fork, and is followed: here nothing is taken back. */
  heal(): Promise<void>;
  order(change?: Partial<PlaceOrder>): PlaceOrder;
  submit(command: Command, name?: string): ReturnType<ShardIntake["submit"]>;
  /** The gateway ends and starts again on the outbox that it left. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export function idOf(name: string): CommandId {
  return Buffer.from(name.padEnd(16, ".").slice(0, 16)).toString("hex") as CommandId;
}

export async function makeIntakeWorld(
  limits = OUTBOX_LIMITS,
  tracingOf: (clock: ManualClock) => Tracing = () => NO_TRACING,
): Promise<IntakeWorld> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-intake-"));
  const clock = manualClock();
  const tracing = tracingOf(clock);
  const onFailure = (error: unknown): never => {
    throw error;
  };
  const log = openSqliteCommandLog({ file: join(folder, "log.db"), onFailure });
  const journal = openSqliteJournal({ file: join(folder, "journal.db") });
  const engine = createEngine(ONE_SHARD, ROOT_BRANCH);
  const own = createRegionView({ state: engine.state(), trades: new Map(), candles: new Map() });
  const view = Object.assign(own, { onRewind: () => ({ cancel: () => {} }) });
  let minted = 0;
  const append: IntakeWorld["append"] = async (
    command,
    branch = REIGN,
    commandId = idOf(`own ${++minted}`),
  ) => {
    await log.append(encodeCommand({ commandId, branch, validUntil: 0, command }));
  };
  let folded = 0;
  const subscription = log.subscribe(0, async (records) => {
    for (const { bytes } of records) {
      const { bytes: encoded, length, count } = engine.applyEncoded(bytes, commandStart(bytes));
      const events = decodeEvents(encoded.subarray(0, length), count);
      const { branch, seq, time } = engine;
      const outcome = { shard: ONE_SHARD, branch, seq, time, commandId: commandIdOf(bytes), events };
      await journal.append([outcome]);
      own.apply(outcome);
      folded++;
    }
  });
  await append({
    kind: "BranchStarted",
    ...{ branch: REIGN, parent: ROOT_BRANCH, parentSeq: engine.seq, epoch: 1, provisional: false },
  });
  await append({ kind: "Tick", time: clock.now() });
  for (const command of definitionCommands(oneShard(), ONE_SHARD, engine.state())) await append(command);
  for (const asset of ["BTC", "USDT", "USD"] as AssetId[])
    await append({ kind: "Deposit", account: ALICE, asset, amount: 1e12 });
  const untilFolded = async () => {
    const { length } = await log.read(0, 1_000_000);
    while (folded < length) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  await untilFolded();

  let state: RouteState = OWN;
  const listeners = new Set<() => void>();
  const route: ShardRoute = {
    shard: ONE_SHARD,
    state: () => state,
    onChange: (listener) => {
      listeners.add(listener);
      return { cancel: () => listeners.delete(listener) };
    },
  };
  let weather: LinkWeather = "fine";
  const link = {
    self: "eu-west-1" as RegionId,
    serve: () => {},
    request: async (_to: RegionId, _kind: string, request: { readonly commands: readonly Uint8Array[] }) => {
      if (weather === "down") return { ok: false, error: "unreachable" };
      const results = await Promise.all(request.commands.map((bytes) => log.append(bytes)));
      return weather === "deaf" ? { ok: false, error: "unreachable" } : { ok: true, answer: { results } };
    },
  } as unknown as RegionLink;

  let journalAge = 0;
  const changes: OutboxChange[] = [];
  const metrics = recordedMetrics();
  const openOutbox = () => openSqliteOutbox({ file: join(folder, "outbox.db") });
  const start = async (outbox: Outbox) => {
    const queue = await OutboxQueue.open(outbox, clock, limits);
    queue.onChange((change) => changes.push(change));
    const intake = new ShardIntake({
      ...{ route, log, journal, view, queue, clock, onFailure },
      remote: new LinkAppender({ link, shard: ONE_SHARD, timeoutMs: 1000, maxWaiting: 100 }),
      admission: new Admission(() => journalAge),
      times: {
        validityMs: 60_000,
        queuedValidityMs: QUEUED_VALIDITY_MS,
        timeoutMs: TIMEOUT_MS,
      },
      maxWaiting: 100,
      metrics,
      tracing,
    });
    return { outbox, queue, intake };
  };
  let gateway = await start(openOutbox());
  const begin = async (branch: BranchId, parent: BranchId, epoch: number, provisional: boolean) => {
    const parentSeq = engine.seq;
    await append({ kind: "BranchStarted", branch, parent, parentSeq, epoch, provisional }, branch);
    await untilFolded();
  };
  const setRoute = (next: RouteState) => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  let orders = 0;
  return {
    clock,
    view,
    changes,
    metrics,
    get intake() {
      return gateway.intake;
    },
    get queue() {
      return gateway.queue;
    },
    traced: async () =>
      (await log.read(0, 1_000_000)).filter(({ bytes }) => traceOfRecord(bytes) !== undefined).length,
    commands: async () => (await log.read(0, 1_000_000)).map(({ bytes }) => decodeCommand(bytes).command),
    setRoute,
    setLink: (next) => {
      weather = next;
    },
    setJournalAge: (ms) => {
      journalAge = ms;
    },
    append: async (command, branch, commandId) => {
      await append(command, branch, commandId);
      await untilFolded();
    },
    openFork: () => begin(FORK, REIGN, 1, true),
    heal: async () => {
      const branch = "eu-west-1.8" as BranchId;
      await begin(branch, FORK, 2, false);
      setRoute({ kind: "own", branch });
    },
    order: (change = {}) => ({
      kind: "PlaceOrder",
      account: ALICE,
      market: "BTCUSDT" as MarketId,
      orderId: (1000 + ++orders) as OrderId,
      clientOrderId: `order-${orders}`,
      side: "BUY",
      type: "LIMIT",
      timeInForce: "GTC",
      price: 1_000_000,
      quantity: 100,
      quoteQuantity: 0,
      stopPrice: 0,
      trailingDelta: 0,
      icebergQuantity: 0,
      goodTillDate: 0,
      selfTradePrevention: "NONE",
      ...change,
    }),
    submit: (command, name = `client ${++minted}`) => gateway.intake.submit(idOf(name), command),
    restart: async () => {
      gateway.intake.stop();
      await gateway.outbox.close();
      gateway = await start(openOutbox());
    },
    stop: async () => {
      gateway.intake.stop();
      subscription.cancel();
      await gateway.outbox.close();
      await log.close();
      await journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The configured policies: crypto trades on in a fork, equities halt. */
export const POLICIES = new Map(
  defaultDefinitions().markets.map(({ id, partitionPolicy }) => [id, partitionPolicy]),
);
