import { estimate, MONTH_HOURS } from "#infra/cost/estimate.ts";
import { QUIET_TRAFFIC } from "#infra/cost/traffic.ts";
import { prod } from "#infra/environments/environments.ts";
import { ownerFromVariables } from "#infra/environments/owner.ts";
import type { Board } from "../board.ts";
import { ratePer, series } from "../promql.ts";

/** Whose it is changes no price. */
const { lines, standingUsd } = estimate(prod(ownerFromVariables({})), 1);
const ofOrders = lines.filter(({ kind }) => kind === "orders");
/** USD that a million orders cause, by service, the dearest first. */
const PER_MILLION = [...Map.groupBy(ofOrders, ({ service }) => service)]
  .map(([service, same]) => ({ service, usd: same.reduce((total, { usd }) => total + usd, 0) }))
  .toSorted((a, b) => b.usd - a.usd);
const DEAREST = PER_MILLION.slice(0, 5);
const OTHERS_USD = PER_MILLION.slice(5).reduce((total, { usd }) => total + usd, 0);

/** Commands that were taken, a second; the orders among them are fewer. */
const TAKEN = `sum(rate(${series("meridian_submissions_total", ["region", "shard"], 'result="done"')}[$__rate_interval]))`;
const usdAnHour = (usdPerMillion: number) => {
  const usdPerCommand = usdPerMillion / 1e6 / QUIET_TRAFFIC.commandsMillion;
  return `${TAKEN} * ${Number((usdPerCommand * 3600).toPrecision(4))}`;
};
const rounded = (value: number) => Number(value.toPrecision(4));

/** What the measured traffic would cost on AWS, by the prices of `npm run infra -- cost`; not a bill. */
export const COST: Board = {
  id: "cost",
  title: "Meridian: cost",
  description:
    "What this traffic costs on AWS by the estimate of prod; the bill itself is in AWS' Cost Explorer.",
  rows: [
    {
      title: "Estimate",
      panels: [
        {
          id: "orders",
          title: "What do orders cost an hour?",
          description: "By service: commands taken, times what one causes by the estimate of prod.",
          unit: "currencyUSD",
          queries: [
            ...DEAREST.map(({ service, usd }) => ({ expr: usdAnHour(usd), legend: service })),
            { expr: usdAnHour(OTHERS_USD), legend: "others" },
          ],
          runbook: "look-at-what-it-costs",
        },
        {
          id: "standing",
          title: "What does it cost an hour without any order?",
          description: "What stands there, by the estimate of prod. Sizes change it, not traffic.",
          unit: "currencyUSD",
          kind: "stat",
          queries: [{ expr: `vector(${rounded(standingUsd / MONTH_HOURS)})`, legend: "prod" }],
          runbook: "look-at-what-it-costs",
        },
      ],
    },
    {
      title: "Is the estimate right?",
      panels: [
        {
          id: "trades",
          title: "How many trades does a command bring?",
          description:
            "Measured, and what the estimate takes it to be. Trades are rows, events and messages.",
          unit: "short",
          queries: [
            {
              // Every Region folds every trade.
              expr: `max(sum by (region) (rate(${series("meridian_trades_total", ["region", "market"])}[$__rate_interval]))) / ${TAKEN}`,
              legend: "measured",
            },
            {
              expr: `vector(${rounded(QUIET_TRAFFIC.tradesMillion / QUIET_TRAFFIC.commandsMillion)})`,
              legend: "estimate",
            },
          ],
          runbook: "look-at-what-it-costs",
        },
        {
          id: "requests",
          title: "How many requests come a second?",
          description:
            "The estimate takes three for each order, questions among them: they are paid at the edge.",
          unit: "reqps",
          queries: [
            {
              expr: ratePer("region", series("meridian_http_request_seconds_count")),
              legend: "{{region}}",
            },
          ],
          runbook: "look-at-what-it-costs",
        },
        {
          id: "samples",
          title: "How many series does each process show?",
          description:
            "The estimate takes 200 a task, scraped every minute. Each label more multiplies them.",
          unit: "short",
          queries: [{ expr: series("scrape_samples_scraped", [], 'job="meridian"'), legend: "{{process}}" }],
          runbook: "look-at-what-it-costs",
        },
        {
          id: "spans",
          title: "How many spans are exported a second, and how many of wanted traces are lost?",
          description:
            "Each exported one is paid for. Lost: more was wanted than is held or may be kept, or the collector did not take it. Not followed: traces that end with the request, since more commands came than are followed behind it. 0 where no collector is named.",
          unit: "ops",
          queries: [
            {
              expr: `sum(rate(${series("meridian_spans_exported_total")}[$__rate_interval])) or vector(0)`,
              legend: "exported",
            },
            {
              expr: `sum(rate(${series("meridian_spans_dropped_total")}[$__rate_interval])) or vector(0)`,
              legend: "lost",
            },
            {
              expr: `sum(rate(${series("meridian_traces_not_followed_total")}[$__rate_interval])) or vector(0)`,
              legend: "traces not followed",
            },
          ],
          runbook: "look-at-what-it-costs",
        },
      ],
    },
  ],
};
