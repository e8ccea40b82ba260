import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const RESULTS = fileURLToPath(new URL("results/", import.meta.url));

/** Results from which `infra/capacity` writes a part of docs/scaling.md; a test refuses a page that was not made from them. */
export const OF_SCALING: readonly string[] = ["bus", "engine", "fanout", "flow", "rest", "stored-data"];

/** Writes a result to bench/results. Returns a line that says so, and what must be made again from it, if something must. */
export function writeResult(name: string, result: unknown): string {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(`${RESULTS}${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
  const line = `wrote bench/results/${name}.json`;
  if (!OF_SCALING.includes(name)) return line;
  return `${line}: docs/scaling.md is made from it; make it again by npm run capacity -- --write`;
}
