import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACKNOWLEDGED_SECONDS } from "#dashboards/alerts/slos.ts";

/** What one process answers to a scrape; none from one that does not answer. */
export interface Scrape {
  readonly process: string;
  readonly samples: readonly Sample[] | undefined;
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const PATIENCE_MS = 1000;
const LINE = /^(\w+)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Scrapes every process of the platform that runs on a data folder, as Prometheus does. */
export async function scrapeAll(dataFolder: string): Promise<readonly Scrape[]> {
  const groups = JSON.parse(readFileSync(join(dataFolder, "metrics-targets.json"), "utf8")) as {
    readonly targets: readonly string[];
    readonly labels: { readonly process: string };
  }[];
  return Promise.all(
    groups.map(async ({ targets: [target = ""], labels }) => {
      try {
        const signal = AbortSignal.timeout(PATIENCE_MS);
        const text = await (await fetch(`http://${target}/metrics`, { signal })).text();
        return { process: labels.process, samples: samplesOf(text) };
      } catch {
        return { process: labels.process, samples: undefined };
      }
    }),
  );
}

/** How many of a histogram's values are above one of its bounds, in all processes; of the series with these labels. */
export function lateOf(
  scrapes: readonly Scrape[],
  histogram: string,
  bound: string,
  labels: Sample["labels"] = {},
): number {
  let late = 0;
  for (const sample of scrapes.flatMap(({ samples = [] }) => samples)) {
    if (!Object.entries(labels).every(([label, value]) => sample.labels[label] === value)) continue;
    if (sample.name === `${histogram}_count`) late += sample.value;
    if (sample.name === `${histogram}_bucket` && sample.labels.le === bound) late -= sample.value;
  }
  return late;
}

/** Orders that took longer than is promised, each by how far its owner was. */
export function lateOrders(scrapes: readonly Scrape[]): number {
  return Object.entries(ACKNOWLEDGED_SECONDS).reduce(
    (sum, [owner, seconds]) =>
      sum + lateOf(scrapes, "meridian_order_seconds", String(seconds), { stage: "total", owner }),
    0,
  );
}

function samplesOf(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    if (name === undefined || line.startsWith("#")) return [];
    const pairs = [...labels.matchAll(LABEL)].map(([, key = "", of = ""]) => [key, of]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}
