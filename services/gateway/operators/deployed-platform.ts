import type { BalanceCheck, EngineBalances } from "#services/ledger/check-balances.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { EventBus } from "#shared/ports/event-bus.ts";
import { LedgerUnavailable } from "#shared/ports/ledger.ts";
import type { OutboxEntry } from "#shared/ports/outbox.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import type { TaskRequests } from "#shared/ports/task-requests.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { GatewayShard } from "../exchange/gateway-shard.ts";
import { askTask } from "./asked-tasks.ts";
import { NotNow, type OperatedPlatform, type ShardWaiting } from "./operated-platform.ts";

export interface DeployedPlatformSources {
  readonly shards: readonly GatewayShard[];
  /** Of the Region: the task that folds writes them. */
  readonly snapshots: SnapshotStore["list"];
  readonly queues: readonly Consumer[];
  readonly bus: Pick<EventBus, "backlog" | "redrive">;
  /** What waits at all gateways of the Region. */
  readonly outboxes: () => Promise<readonly OutboxEntry[]>;
  /** Holds the ledger against balances; `undefined` where it does not hear of everything up to them in time. */
  readonly checkLedger: (engine: EngineBalances) => Promise<BalanceCheck | undefined>;
  /** What needs the fold, its logs or the tables is asked of the tasks that have them. */
  readonly tasks: Pick<TaskRequests, "ask">;
  readonly clock: Clock;
}

/** A Region of a deployment as its operators see it from one of its gateways: what stands in queues, tables and the ledger it sees itself, and what needs the fold or its logs it has the Region's other tasks do. */
export function deployedPlatform(sources: DeployedPlatformSources): OperatedPlatform {
  const { shards, snapshots, queues, bus, outboxes, checkLedger, tasks, clock } = sources;
  const viewOf = (id: ShardId) => {
    const found = shards.find(({ view }) => view.shard === id);
    assert(found !== undefined, `the gateway serves the shard ${id}`);
    return found.view;
  };
  return {
    shards: shards.map(({ view }) => view.shard),
    queues,
    backlog: (consumer) => bus.backlog(consumer),
    redrive: (consumer, limit) => bus.redrive(consumer, limit),
    waiting: async () => {
      const entries = await outboxes();
      return shards.map((shard) => waitingOf(shard, entries, clock));
    },
    snapshots,
    foldedSeq: (id) => viewOf(id).seq,
    takeSnapshot: (id) => askTask(tasks, "takeSnapshot", id, {}),
    digests: async (id) => (await askTask(tasks, "digests", id, {})).live,
    digestAt: async (id, seq) => (await askTask(tasks, "digestAt", id, { seq })) ?? undefined,
    replay: (id) => askTask(tasks, "replay", id, {}),
    rebuildProjections: (id) => askTask(tasks, "rebuildProjections", id, {}),
    checkLedger: async () => {
      const checks: BalanceCheck[] = [];
      for (const shard of shards) checks.push(await checked(shard, checkLedger));
      return checks;
    },
  };
}

/** Balances as they are now, with everything that the gateway has heard of. */
async function checked(
  { view, isProvisional }: GatewayShard,
  checkLedger: DeployedPlatformSources["checkLedger"],
): Promise<BalanceCheck> {
  const { shard, seq } = view;
  if (isProvisional()) throw new NotNow(`what happens on ${shard} may still be undone`);
  try {
    const check = await checkLedger({ shard, seq, balances: view.allBalances() });
    if (check !== undefined) return check;
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    throw new NotNow("the ledger's database cannot be reached");
  }
  throw new NotNow(`the ledger has not heard of everything of ${shard} yet`);
}

function waitingOf(
  { view, journal, unjournaledMs }: GatewayShard,
  entries: readonly OutboxEntry[],
  clock: Clock,
): ShardWaiting {
  const own = entries.filter(({ shard }) => shard === view.shard);
  const oldest = own.reduce((least, { queuedAt }) => Math.min(least, queuedAt), Number.POSITIVE_INFINITY);
  // The gateway looks at the journal twice a second: of what was folded since then the task that writes it knows better.
  const ageMs = unjournaledMs();
  return {
    shard: view.shard,
    outbox: {
      waiting: own.length,
      ...(own.length === 0 ? {} : { oldestMs: Math.max(0, clock.now() - oldest) }),
    },
    journal:
      ageMs === 0
        ? { waiting: 0 }
        : { waiting: Math.max(0, view.seq - journal.lastSeq()), oldestMs: Math.round(ageMs) },
  };
}
