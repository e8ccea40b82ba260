import { untilCalm, type WatchedStage } from "../calm.ts";
import { type Audit, type AuditedRun, audit } from "./audit.ts";
import type { ClientLedger } from "./client-ledger.ts";
import type { LoadAccount } from "./load-account.ts";

const AGAIN_MS = 5000;
const AUDITS_AGAIN = 6;

export interface AuditAtRest {
  /** All forks were replayed and all outboxes empty in time. Where not, the audit tells of what still moved. */
  readonly isAtRest: boolean;
  readonly result: Audit;
}

/**
 * What becomes of an order is settled when everything is at rest: before, it may still stand in a fork under another id. Tables and reconciliations of a Region follow its fold, so what looks wrong is
 * asked for again, and is wrong if it stays so. `onRest` is told the moment.
 */
export async function auditAtRest(
  stage: WatchedStage,
  accounts: readonly LoadAccount[],
  ledger: ClientLedger,
  run: AuditedRun,
  restMs: number,
  onRest: () => void = () => {},
): Promise<AuditAtRest> {
  const isAtRest = await untilCalm(stage, restMs).then(
    () => true,
    () => false,
  );
  if (isAtRest) onRest();
  let result = await audit(accounts, ledger, run);
  for (let again = 0; again < AUDITS_AGAIN && !isSound(result); again++) {
    await new Promise<void>((resolve) => stage.clock.schedule(AGAIN_MS, resolve));
    result = await audit(accounts, ledger, run);
  }
  return { isAtRest, result };
}

/** Nothing lost, doubled, wrong or unknown. */
export function isSound({ lost, doubled, wrongBalances, differingTrades, unknown }: Audit): boolean {
  return lost.length + doubled.length + wrongBalances.length + differingTrades.length + unknown === 0;
}
