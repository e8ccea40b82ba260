import { readFileSync } from "node:fs";
import { join } from "node:path";

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

function samplesOf(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    if (name === undefined || line.startsWith("#")) return [];
    const pairs = [...labels.matchAll(LABEL)].map(([, key = "", of = ""]) => [key, of]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}
