import type { AlertTimes } from "./alert-watch.ts";
import { type Expectation, isOfPromise } from "./expected-alerts.ts";

/**
 * `fired`: as expected. `missing`: expected, and silent. `unexpected`: fired, and nobody expected it. `allowed`: fired, and may. `before`: fired already when the
 * experiment began, so it says nothing of it.
 */
export type AlertVerdict = "fired" | "missing" | "unexpected" | "allowed" | "before";

export interface JudgedAlert {
  readonly name: string;
  readonly severity: string;
  readonly verdict: AlertVerdict;
  /** Seconds from the hurt until its condition was seen to hold, and until it fired; `null` if that was not seen. */
  readonly pendingAfter: number | null;
  readonly firedAfter: number | null;
  /** Seconds from the end of the hurt until it was silent again, negative if before; `null` if it fired on when the watch ended, or never fired. */
  readonly silentAfterHeal: number | null;
}

/** Holds what fired against what had to. `hurt` and `heal`: monotonic ms. */
export function judgeAlerts(
  alerts: readonly AlertTimes[],
  { fires, mayFire }: Expectation,
  { hurt, heal }: { readonly hurt: number; readonly heal: number },
): JudgedAlert[] {
  const seconds = (at: number | undefined, from: number) =>
    at === undefined ? null : Math.round((at - from) / 100) / 10;
  const seen = alerts
    .filter(({ firedAt, firedBefore }) => firedAt !== undefined || firedBefore)
    .map((alert): JudgedAlert => {
      const { name, severity, firedAt, firedBefore, pendingAt, silentAt } = alert;
      const isExpected = fires.includes(name);
      const isAllowed = mayFire.includes(name) || isOfPromise(name);
      const verdict =
        firedBefore && firedAt === undefined
          ? "before"
          : isExpected
            ? "fired"
            : isAllowed
              ? "allowed"
              : "unexpected";
      return {
        ...{ name, severity, verdict },
        pendingAfter: seconds(pendingAt, hurt),
        firedAfter: seconds(firedAt, hurt),
        silentAfterHeal: seconds(silentAt, heal),
      };
    });
  const missing = fires
    .filter((name) => !seen.some((alert) => alert.name === name))
    .map((name): JudgedAlert => {
      const pendingAt = alerts.find((alert) => alert.name === name)?.pendingAt;
      return {
        ...{ name, severity: "", verdict: "missing" },
        ...{ pendingAfter: seconds(pendingAt, hurt), firedAfter: null, silentAfterHeal: null },
      };
    });
  return [...seen, ...missing].toSorted(
    (a, b) => (a.firedAfter ?? Number.POSITIVE_INFINITY) - (b.firedAfter ?? Number.POSITIVE_INFINITY),
  );
}
