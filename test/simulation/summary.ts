import type { SeedResult } from "./run-seed.ts";

/** What many runs came to, in one line. */
export function summaryOf(results: readonly SeedResult[], tookMs: number): string {
  const sum = (value: (result: SeedResult) => number) => results.reduce((all, each) => all + value(each), 0);
  const simulatedMs = sum(({ simulatedMs }) => simulatedMs);
  const cpuMs = sum(({ cpuMs }) => cpuMs);
  const steps = sum(({ steps }) => steps);
  return [
    `${results.length} seeds`,
    `${(simulatedMs / 3_600_000).toFixed(2)} simulated hours in ${(tookMs / 1000).toFixed(1)} s`,
    `${Math.round(simulatedMs / tookMs)} simulated minutes a minute`,
    `${Math.round(simulatedMs / cpuMs)} a minute of one core`,
    `${steps} events (${((1000 * cpuMs) / steps).toFixed(1)} µs each)`,
    `${sum(({ orders }) => orders)} orders (${((1000 * sum(({ orders }) => orders)) / sum(({ tradedMs }) => tradedMs)).toFixed(1)} a simulated second under faults)`,
    `${sum(({ requests }) => requests)} requests`,
    `${sum(({ messages }) => messages)} messages`,
  ].join(", ");
}

/** A run that found something: what, where, what happened last, and how to see it again. */
export function failureText(
  result: SeedResult,
  bounds: { readonly steps: number; readonly seconds: number },
): string {
  const { seed, steps, failure } = result;
  if (failure === undefined) return "";
  const bound = bounds.steps < 2 ** 31 - 1 ? ` --steps ${bounds.steps}` : "";
  return [
    `seed ${seed} failed at step ${steps}: ${failure.message}`,
    "the last events:",
    ...failure.lastEvents.map((line) => `  ${line}`),
    failure.stack,
    `again: npm run simulate -- --seed ${seed} --seconds ${bounds.seconds}${bound}`,
    "",
  ].join("\n");
}
