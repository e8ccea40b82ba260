import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { copyCode, removeCopy, whileBroken } from "./broken-copy.ts";
import { MUTATIONS, type Mutation } from "./mutations.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RESULTS = join(ROOT, "test", "mutations", "results.md");
/** What can notice a broken engine. */
const TESTS = [
  "test/property/engine-*.test.ts",
  "test/unit/engine-*.test.ts",
  "test/unit/price-tree.test.ts",
];
const LIMIT_MS = 300_000;

interface Result {
  readonly mutation: Mutation;
  readonly caught: boolean;
  /** The first failed test, or what the program died of. */
  readonly by: string;
}

/** `npm run mutate`: breaks a copy of the engine in each listed way and lets the tests find it. Exit code 1 if any is not caught. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: "string" }, runs: { type: "string", default: "3000" } },
  });
  const { only } = values;
  const chosen = MUTATIONS.filter(({ name }) => only === undefined || name.includes(only));
  const folder = copyCode();
  try {
    const intact = runTests(folder, values.runs);
    if (intact !== undefined) throw new Error(`the tests fail before anything is broken: ${intact}`);
    const results: Result[] = [];
    for (const mutation of chosen) {
      const breakage = { ...mutation, file: join("services", "matching", mutation.file) };
      const by = await whileBroken(folder, breakage, () => runTests(folder, values.runs));
      process.stdout.write(
        `${by === undefined ? "NOT CAUGHT" : "caught"}  ${mutation.name}${by === undefined ? "" : `  (${by})`}\n`,
      );
      results.push({ mutation, caught: by !== undefined, by: by ?? "" });
    }
    if (only === undefined) writeFileSync(RESULTS, table(results));
    const caught = results.filter(({ caught }) => caught).length;
    process.stdout.write(`${caught} of ${results.length} mutations caught\n`);
    process.exitCode = caught === results.length ? 0 : 1;
  } finally {
    removeCopy(folder);
  }
}

/** The first failure; `undefined` if all tests pass. */
function runTests(folder: string, runs: string): string | undefined {
  const mocha = join(folder, "node_modules", "mocha", "bin", "mocha.js");
  const args = [mocha, "--extension", "ts", "--bail", "--exit", "--reporter", "json", ...TESTS];
  const { status, stdout, signal } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, MERIDIAN_RUNS: runs },
    timeout: LIMIT_MS,
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return undefined;
  if (signal !== null) return "the tests did not end in time";
  try {
    const report = JSON.parse(stdout.slice(stdout.indexOf("{"))) as { failures: { fullTitle: string }[] };
    return report.failures[0]?.fullTitle ?? "the tests could not start";
  } catch {
    return "the tests could not start";
  }
}

function table(results: readonly Result[]): string {
  const rows = results.map(
    ({ mutation, caught, by }) => `| ${mutation.name} | ${caught ? "caught" : "**not caught**"} | ${by} |`,
  );
  return [
    "# What the engine's tests catch",
    "",
    "Written by `npm run mutate`: each way to break the engine, and the first test that noticed.",
    "",
    "| broken | | by |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

await main();
