import { mkdirSync } from "node:fs";
import type { Logger } from "pino";
import type { LedgerReader } from "#services/gateway/ledger/ledger-routes.ts";
import { LedgerChecker } from "#services/ledger/ledger-checker.ts";
import { ledgerHandler } from "#services/ledger/ledger-handler.ts";
import { BusPublisher } from "#services/publisher/bus-publisher.ts";
import type { MarketsById } from "#services/serverless-door/door-statuses.ts";
import { decodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { ConnectionPoster } from "#shared/ports/connection-poster.ts";
import type { Connections } from "#shared/ports/connections.ts";
import type { EventBus } from "#shared/ports/event-bus.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import type { NoticeStore } from "#shared/ports/notice-store.ts";
import type { WebPoster } from "#shared/ports/web-poster.ts";
import { newestSnapshotUpTo } from "#shared/read-model/newest-snapshot.ts";
import type { RegionBackend, RegionBus } from "./backend/backend.ts";
import { startNotifier } from "./start-notifier.ts";
import type { RunningShard } from "./start-shards.ts";

export interface EventsDependencies {
  readonly shards: readonly RunningShard[];
  readonly backend: Pick<RegionBackend, "openBus" | "openLedger">;
  /** A folder of its own for what the notifier keeps. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onFailure: (error: unknown) => void;
  /** How webhooks are sent, if not to public addresses. */
  readonly poster?: WebPoster | undefined;
  /** The serverless door's connections. */
  readonly door: ConnectionPoster;
  readonly markets: MarketsById;
}

/** The bus of a Region, and its consumers in this process. */
export interface RunningEvents extends LedgerReader {
  readonly notices: NoticeStore;
  readonly connections: Connections;
  stop(): Promise<void>;
}

/** A start has better things to do than to make a database, which takes seconds of a core the first time; whoever asks for it before has it opened at once. */
const LEDGER_OPENS_AFTER_MS = 15_000;

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
  for (const shard of shards) publishers.set(shard, await startPublisher(shard, regionBus, dependencies));
  const notifier = startNotifier({ ...dependencies, bus });
  const closers: (() => unknown)[] = [() => notifier.stop()];
  let checker: LedgerChecker | undefined;
  const abort = new AbortController();
  const open = async (): Promise<Ledger> => {
    try {
      const ledger = await backend.openLedger(abort.signal);
      closers.push(() => ledger.close());
      closers.push(consumeLedger(ledger, bus, log));
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
  return {
    notices: notifier.store,
    connections: notifier.connections,
    ledger,
    checks: () => checker?.checks ?? [],
    stop: async () => {
      timer?.cancel();
      for (const publisher of publishers.values()) publisher.stop();
      // Where it has not been opened yet, nobody waits for it.
      abort.abort();
      await opening?.catch(() => {});
      for (const close of closers.reverse()) await close();
    },
  };
}

function startPublisher(
  { node, view, stores }: RunningShard,
  { bus, positions }: RegionBus,
  { clock, log, onFailure }: EventsDependencies,
): Promise<BusPublisher> {
  return BusPublisher.start({
    shard: node.shard,
    journal: stores.journal,
    bus,
    positions,
    isFinal: (branch, seq) =>
      node.watermark.finalSeq >= seq &&
      node.tape.segments.some((segment) => segment.branch === branch && seq <= segment.end),
    isFork: (branch) => node.tape.plan.fork?.branch === branch,
    marketOf: (market) => view.market(market),
    clock,
    onRefused: (result) => log.warn({ shard: node.shard, ...result }, "bus-refused"),
    onFailure,
  });
}

function consumeLedger(ledger: Ledger, bus: EventBus, log: Logger): () => void {
  const subscription: Subscription = bus.consume(
    "ledger",
    ledgerHandler({
      ledger,
      onRefused: (name, error) => log.error({ event: name, err: error }, "ledger-refused"),
      onUnavailable: (error) => log.warn({ err: error }, "ledger-unavailable"),
    }),
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
