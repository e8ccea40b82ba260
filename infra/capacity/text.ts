import { ASSUMED, type Assumption } from "./assumptions.ts";
import { costOfMillion, totalOf } from "./cost.ts";
import { latencyBudgets } from "./latency.ts";
import { MEASURED, type Measurement } from "./measured.ts";
import { type CapacityPlan, CELL_ORDERS } from "./plan.ts";
import { QUOTAS, type Quota } from "./quotas.ts";
import { type Limit, MARKET_LIMITS, SHARD_LIMITS, SHARD_ORDERS } from "./shard-limits.ts";

const FIGURE_WIDTH = 13;

/** A line of a table: what, its figures, and where they are from. */
interface Row {
  readonly name: string;
  readonly figures: readonly string[];
  readonly after: string;
}

/** Plans beside each other, as a person reads them. */
export function capacityText(
  plans: readonly CapacityPlan[],
  { sources }: { readonly sources: boolean },
): string {
  const [first] = plans;
  if (first === undefined) return "";
  return [
    `${first.question.regions === 1 ? "One Region" : `${first.question.regions} Regions`} of ${first.zones} zones.`,
    "",
    ...section("Orders a second that one place takes", [
      ...SHARD_LIMITS.map((limit) => limitRow("a shard", limit)),
      ...MARKET_LIMITS.map((limit) => limitRow("a market's events", limit)),
      row(`a shard is planned with ${percent(ASSUMED.headroom.value)} of its least`, [count(SHARD_ORDERS)]),
      row("a cell, by what its gateways hear over Redis", [count(CELL_ORDERS)]),
    ]),
    ...section("Needed", [
      row(
        "orders a second",
        plans.map(({ question }) => count(question.ordersPerSecond)),
      ),
      row(
        "cells",
        plans.map(({ cells }) => count(cells)),
      ),
      row(
        "shards",
        plans.map(({ shards }) => count(shards)),
      ),
      row(
        "orders a second of a shard",
        plans.map(({ cell }) => count(cell.ordersPerShard)),
      ),
      ...needRows(plans),
      "",
      "each Region has so many; e: all Regions together",
    ]),
    ...section("From the click to the status, ms", latencyRows(plans)),
    ...section("A million orders cost, USD, at a load that lasts", costRows(plans)),
    ...plans.flatMap(({ question, before }) =>
      section(
        `Before ${count(question.ordersPerSecond)} orders a second`,
        before.length === 0
          ? ["nothing: as it is built, within AWS's default quotas"]
          : before.map((one) => `- ${one}`),
      ),
    ),
    ...(sources
      ? sourceSections()
      : ["--sources lists the figures, quotas and assumptions behind this.", ""]),
  ].join("\n");
}

function needRows(plans: readonly CapacityPlan[]): Row[] {
  return (plans[0]?.needs ?? []).map(({ service, what, isOnce }, at) => {
    const figures = plans.map(({ needs }) => count((isOnce ? needs[at]?.total : needs[at]?.perRegion) ?? 0));
    return row(`${service}: ${what}${isOnce ? " (e)" : ""}`, figures);
  });
}

function latencyRows(plans: readonly CapacityPlan[]): Row[] {
  const all = plans.map(({ cell }) => latencyBudgets(cell));
  // One column where it is the same for all.
  const isSame = new Set(all.map((one) => JSON.stringify(one))).size === 1;
  const budgets = isSame ? all.slice(0, 1) : all;
  return (budgets[0] ?? []).flatMap(({ name, hops }, at) => [
    row(
      name,
      budgets.map((one) => (one[at]?.totalMs ?? 0).toFixed(0)),
    ),
    ...hops.map(({ what }, hop) =>
      row(
        `  ${what}`,
        budgets.map((one) => decimals(one[at]?.hops[hop]?.ms ?? 0)),
      ),
    ),
  ]);
}

function costRows(plans: readonly CapacityPlan[]): Row[] {
  const costs = plans.map(costOfMillion);
  const services = (costs[0] ?? []).map(({ service }) => service);
  const of = (at: number, service: string) => {
    const cost = costs[at]?.find((one) => one.service === service);
    return (cost?.standingUsd ?? 0) + (cost?.causedUsd ?? 0);
  };
  return [
    ...services.map((service) =>
      row(
        service,
        plans.map((_, at) => of(at, service).toFixed(2)),
      ),
    ),
    row(
      "all",
      costs.map((one) => totalOf(one).toFixed(2)),
    ),
    row(
      "  of it standing there",
      costs.map((one) => one.reduce((sum, { standingUsd }) => sum + standingUsd, 0).toFixed(2)),
    ),
  ];
}

function sourceSections(): string[] {
  return [
    ...section(
      "Measured",
      Object.values<Measurement>(MEASURED).map(({ what, value, unit, command }) =>
        row(what, [`${value.toLocaleString("en")} ${unit}`.trim()], command),
      ),
    ),
    ...section(
      "AWS's quotas (r: raised on request)",
      Object.values<Quota>(QUOTAS).map(({ service, what, value, unit, canBeRaised, from }) =>
        row(
          `${service}: ${what}${canBeRaised ? " (r)" : ""}`,
          [`${value.toLocaleString("en")} ${unit}`],
          "found" in from ? from.found : `assumed; ${from.assumed}`,
        ),
      ),
    ),
    ...section(
      "Assumed",
      Object.values<Assumption>(ASSUMED).map(({ what, value, unit }) =>
        row(what, [`${value.toLocaleString("en")} ${unit}`.trim()]),
      ),
    ),
  ];
}

function limitRow(place: string, { service, what, ordersPerSecond }: Limit): Row {
  return row(`${place}: ${service}, ${what}`, [count(ordersPerSecond)]);
}

/** A heading and its lines; rows are as wide as the widest of them. */
function section(title: string, lines: readonly (Row | string)[]): string[] {
  const width = Math.max(...lines.map((line) => (typeof line === "string" ? 0 : line.name.length)));
  const shown = lines.map((line) => {
    if (typeof line === "string") return line === "" ? "" : `  ${line}`;
    const figures = line.figures.map((figure) => figure.padStart(FIGURE_WIDTH)).join("");
    return `  ${line.name.padEnd(width)}${figures}  ${line.after}`.trimEnd();
  });
  return [title, "", ...shown, ""];
}

function row(name: string, figures: readonly string[], after = ""): Row {
  return { name, figures, after };
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function decimals(ms: number): string {
  return ms < 1 ? ms.toFixed(2) : ms.toFixed(0);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
