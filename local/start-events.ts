import { mkdirSync } from "node:fs";
import type { LedgerReader } from "#services/gateway/ledger/ledger-routes.ts";
import type { BalanceCheck } from "#services/ledger/check-balances.ts";
import { LedgerChecker } from "#services/ledger/ledger-checker.ts";
import { ledgerHandler } from "#services/ledger/ledger-handler.ts";
import type { UnsubscribeLinks } from "#services/notifier/unsubscribe-links.ts";
import type { BusPublisher } from "#services/publisher/bus-publisher.ts";
import { publishEvents } from "#services/region/publish-events.ts";
import type { MarketsById } from "#services/serverless-door/door-statuses.ts";
import { decodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { ConnectionPoster } from "#shared/ports/connection-poster.ts";
import type { Connections } from "#shared/ports/connections.ts";
import type { BusHandler, EventBus } from "#shared/ports/event-bus.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import type { Mailer } from "#shared/ports/mailer.ts";
import type { NoticeStore } from "#shared/ports/notice-store.ts";
import type { Sealer } from "#shared/ports/sealer.ts";
import type { WebPoster } from "#shared/ports/web-poster.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import { newestSnapshotUpTo } from "#shared/read-model/newest-snapshot.ts";
import type { Log } from "#shared/telemetry/log.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { tracedHandler } from "#shared/telemetry/traced-handler.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import type { RegionBackend } from "./backend/backend.ts";
import { startNotifier } from "./start-notifier.ts";
import type { RunningShard } from "./start-shards.ts";
import { QueueWatch } from "./telemetry/queue-watch.ts";

export interface EventsDependencies {
  readonly shards: readonly RunningShard[];
  readonly backend: Pick<RegionBackend, "openBus" | "openLedger">;
  /** A folder of its own for what the notifier keeps. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onFailure: (error: unknown) => void;
  /** How webhooks are sent, if not to public addresses. */
  readonly poster?: WebPoster | undefined;
  /** What stands between the bus and the ledger. */
  readonly wrapLedger?: (handle: BusHandler) => BusHandler;
  readonly metrics: Metrics;
  readonly tracing?: Tracing | undefined;
  /** The serverless door's connections. */
  readonly door: ConnectionPoster;
  readonly markets: MarketsById;
  readonly sealer: Sealer;
  /** Where the platform is reached, for links in mails. */
  readonly publicUrl: string;
}

/** The bus of a Region, and its consumers in this process. */
export interface RunningEvents extends LedgerReader {
  readonly notices: NoticeStore;
  readonly mailer: Mailer;
  readonly links: UnsubscribeLinks;
  readonly connections: Connections;
  readonly queues: readonly Consumer[];
  readonly bus: Pick<EventBus, "backlog" | "redrive">;
  /** Holds the ledger against snapshots of these seqs or later ones; `undefined` if it does not come to hear of everything up to them in time. */
  checkThrough(seqs: ReadonlyMap<ShardId, number>): Promise<readonly BalanceCheck[] | undefined>;
  stop(): Promise<void>;
}

/** A start has better things to do than to make a database, which takes seconds of a core the first time; whoever asks for it before has it opened at once. */
const LEDGER_OPENS_AFTER_MS = 15_000;
const QUEUES: readonly Consumer[] = ["ledger", "notifier"];
/** So long an operator waits for the ledger to hear of everything, and so often it is looked. */
const CHECK_MS = 20_000;
const CHECK_LOOK_MS = 250;

/**
 * Starts the bus, a publisher a shard, the notifier and the ledger behind it. Nothing waits for the ledger: its queue keeps what comes until it is open. While it cannot be opened, trading goes on, the queue waits, and it is tried again.
 */
export async function startEvents(dependencies: EventsDependencies): Promise<RunningEvents> {
  const { shards, backend, folder, clock, log } = dependencies;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const regionBus = backend.openBus((consumer, error) =>
    log.error({ consumer, err: error }, "bus-handler-failed"),
  );
  const { bus } = regionBus;
  const publishers = new Map<RunningShard, BusPublisher>();
  for (const shard of shards) {
    const marketOf = (market: string) => shard.view.market(market);
    const { node, stores } = shard;
    const own = { ...dependencies, ...regionBus, marketOf };
    publishers.set(shard, await publishEvents(node, stores.journal, own));
  }
  const notifier = startNotifier({ ...dependencies, bus });
  const closers: (() => unknown)[] = [() => notifier.stop()];
  let checker: LedgerChecker | undefined;
  const abort = new AbortController();
  const open = async (): Promise<Ledger> => {
    try {
      const ledger = await backend.openLedger(abort.signal);
      closers.push(() => ledger.close());
      closers.push(consumeLedger(ledger, bus, dependencies));
      checker = startChecker(ledger, bus, publishers, dependencies);
      closers.push(() => checker?.stop());
      return ledger;
    } catch (error) {
      opening = undefined;
      if (!abort.signal.aborted) {
        log.error({ err: error }, "ledger-not-open");
        openLater();
      }
      throw error;
    }
  };
  let opening: Promise<Ledger> | undefined;
  const ledger = () => {
    opening ??= open();
    return opening;
  };
  let timer: Timer | undefined;
  const openLater = () => {
    timer?.cancel();
    timer = clock.schedule(LEDGER_OPENS_AFTER_MS, () => void ledger().catch(() => {}));
  };
  openLater();
  const checks = () => checker?.checks ?? [];
  const watch = new QueueWatch({ bus, queues: QUEUES, checks, clock, metrics: dependencies.metrics });
  return {
    notices: notifier.store,
    mailer: notifier.mailer,
    links: notifier.links,
    connections: notifier.connections,
    ledger,
    checks,
    queues: QUEUES,
    bus,
    checkThrough: async (seqs) => {
      // It says itself why it cannot be opened.
      if ((await ledger().catch(() => undefined)) === undefined) return undefined;
      const end = clock.monotonic() + CHECK_MS;
      const before = new Set(checks());
      while (clock.monotonic() < end) {
        await checker?.look(true);
        const done = checks();
        const isThrough = [...seqs].every(([shard, seq]) =>
          done.some((check) => check.shard === shard && check.seq >= seq && !before.has(check)),
        );
        if (isThrough) return done;
        await new Promise<void>((resolve) => clock.schedule(CHECK_LOOK_MS, resolve));
      }
      return undefined;
    },
    stop: async () => {
      timer?.cancel();
      watch.stop();
      for (const publisher of publishers.values()) publisher.stop();
      // Where it has not been opened yet, nobody waits for it.
      abort.abort();
      await opening?.catch(() => {});
      for (const close of closers.reverse()) await close();
    },
  };
}

function consumeLedger(
  ledger: Ledger,
  bus: EventBus,
  { log, tracing, clock, wrapLedger = (handle) => handle }: EventsDependencies,
): () => void {
  const subscription: Subscription = bus.consume(
    "ledger",
    tracedHandler(
      "ledger.post",
      wrapLedger(
        ledgerHandler({
          ledger,
          onRefused: (name, error) => log.error({ busEvent: name, err: error }, "ledger-refused"),
          onUnavailable: (error) => log.warn({ err: error }, "ledger-unavailable"),
        }),
      ),
      tracing,
      clock,
    ),
  );
  return () => subscription.cancel();
}

function startChecker(
  ledger: Ledger,
  bus: EventBus,
  publishers: ReadonlyMap<RunningShard, BusPublisher>,
  { clock, log }: EventsDependencies,
): LedgerChecker {
  const checker = new LedgerChecker({
    shards: [...publishers].map(([{ node, stores }, publisher]) => ({
      shard: node.shard,
      publishedThrough: () => publisher.position,
      engineBalances: async () => {
        const history = stores.journal.branches();
        const snapshot = await newestSnapshotUpTo(publisher.position, node.shard, stores.snapshots, history);
        if (snapshot === undefined) return undefined;
        return { shard: node.shard, seq: snapshot.seq, balances: decodeState(snapshot.bytes).balances };
      },
    })),
    ledger,
    backlog: async () => {
      // What is dead is not in the books: that is a difference, and must show as one.
      const { waiting, inFlight } = await bus.backlog("ledger");
      return waiting + inFlight;
    },
    clock,
    onCheck: (check) =>
      check.difference === 0n
        ? log.info({ shard: check.shard, seq: check.seq }, "ledger-agrees")
        : log.error(
            { shard: check.shard, seq: check.seq, difference: check.difference.toString() },
            "ledger-differs",
          ),
    onFailure: (error) => log.warn({ err: error }, "ledger-not-checked"),
  });
  checker.start();
  return checker;
}
