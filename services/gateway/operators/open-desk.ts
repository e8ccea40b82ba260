import type { AuditTrail } from "#shared/ports/audit-trail.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Log } from "#shared/telemetry/log.ts";
import { OperatorDesk } from "./operator-desk.ts";
import { type OperatorKey, Operators } from "./operators.ts";

export interface DeskSources {
  readonly trail: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Log;
}

/** The desk of a Region's operators; `undefined` where there are none. */
export function openDesk(
  keys: readonly OperatorKey[],
  { trail, clock, random, log }: DeskSources,
): OperatorDesk | undefined {
  if (keys.length === 0) return undefined;
  return new OperatorDesk({
    operators: new Operators(keys),
    trail,
    clock,
    random,
    onAuditFailure: (error, { operator, operation, outcome }) =>
      log?.error({ err: error, operator, operation, outcome }, "audit-not-written"),
  });
}
