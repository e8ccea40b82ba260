import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import { type BalanceCheck, checkBalances, type EngineBalances } from "./check-balances.ts";

export interface LiveCheckSources {
  readonly ledger: Pick<Ledger, "balances">;
  /** How far the bus was handed what is final. */
  readonly publishedThrough: (shard: ShardId) => Promise<number>;
  /** Messages that wait for the ledger, those under way too: on AWS an approximation. */
  readonly backlog: () => Promise<number>;
  readonly clock: Clock;
}

const LOOK_MS = 250;
/** So long the ledger may take to hear of everything. */
const WAIT_MS = 20_000;
/** A queue that seems empty may not be: only what differs again and again with nothing waiting is a difference. */
const LOOKS_MIN = 4;

/**
 * Holds the ledger against balances that were taken just now, and waits until it has heard of everything up to them. Where all agrees nothing more can be missing, whatever a queue still holds; what differs counts only when nothing waits any more.
 * `undefined` where the ledger does not come to hear of everything in time.
 */
export async function checkLiveBalances(
  { ledger, publishedThrough, backlog, clock }: LiveCheckSources,
  engine: EngineBalances,
): Promise<BalanceCheck | undefined> {
  const end = clock.monotonic() + WAIT_MS;
  for (let looks = 0; clock.monotonic() < end; ) {
    // In this order: what was handed over by then is in the queue, or in the books.
    const isWhole = (await publishedThrough(engine.shard)) >= engine.seq && (await backlog()) === 0;
    const check = await checkBalances(ledger, engine);
    if (check.difference === 0n) return check;
    looks = isWhole ? looks + 1 : 0;
    if (looks >= LOOKS_MIN) return check;
    await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
  }
  return undefined;
}
