import { UNCOUNTED } from "#infra/cost/billed.ts";
import { type CostLine, estimate } from "#infra/cost/estimate.ts";
import { PRICES } from "#infra/cost/prices.ts";
import type { Environment } from "#infra/environments/environment.ts";

/** Prints what an environment costs a month, by service, with where each price is from. */
export function printCost(environment: Environment): void {
  process.stdout.write(costText(environment));
}

export function costText(environment: Environment): string {
  const { lines, standingUsd, ordersUsd, ordersMillion } = estimate(environment);
  const text: string[] = [
    `${environment.name}: ${environment.regions.map(({ name }) => name).join(", ")}`,
    "",
  ];
  for (const [service, all] of Map.groupBy(lines, (line) => line.service)) {
    const shown = all.filter(({ usd }) => usd >= 0.005);
    if (shown.length === 0) continue;
    text.push(row(service, total(shown), ""));
    for (const line of shown) text.push(row(`  ${line.what}`, line.usd, mark(line)));
  }
  text.push(
    "",
    row("standing, a month", standingUsd, ""),
    row(`${ordersMillion} million orders, a month`, ordersUsd, ""),
    row("a million orders", ordersUsd / ordersMillion, ""),
    row("all, a month", standingUsd + ordersUsd, `budget ${environment.monthlyBudgetUsd}`),
    "",
    "USD of us-east-1's list prices, others by a factor; without tax, support, free tiers and savings plans. a: a price that is assumed, to be",
    "checked on AWS's page (infra/cost/prices.ts names it); o: caused by orders, by the assumptions of infra/cost/traffic.ts.",
    "",
    "Not counted, as it depends on who does what:",
    ...Object.values(UNCOUNTED).map((line) => `  ${line}`),
    "",
  );
  return text.join("\n");
}

function total(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}

function mark({ price, kind }: CostLine): string {
  return `${"assumed" in PRICES[price].from ? "a" : " "}${kind === "orders" ? "o" : ""}`.trimEnd();
}

function row(what: string, usd: number, after: string): string {
  return `${what.padEnd(48)}${usd.toFixed(2).padStart(12)}  ${after}`.trimEnd();
}
