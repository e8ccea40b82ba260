import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MUTATIONS, type Mutation } from "./mutations.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RESULTS = join(ROOT, "test", "mutations", "results.md");
/** What can notice a broken engine. */
const TESTS = [
  "test/property/engine-*.test.ts",
  "test/unit/engine-*.test.ts",
  "test/unit/price-tree.test.ts",
];
const FOLDERS = ["services", "shared", "test", "local"];
const LIMIT_MS = 300_000;

interface Result {
  readonly mutation: Mutation;
  readonly caught: boolean;
  /** The first failed test, or what the program died of. */
  readonly by: string;
}

/** `npm run mutate`: breaks a copy of the engine in each listed way and lets the tests find it. Exit code 1 if any is not caught. */
function main(): void {
  const { values } = parseArgs({
    options: { only: { type: "string" }, runs: { type: "string", default: "3000" } },
  });
  const { only } = values;
  const chosen = MUTATIONS.filter(({ name }) => only === undefined || name.includes(only));
  const folder = mkdtempSync(join(tmpdir(), "meridian-mutate-"));
  try {
    copyTo(folder);
    const intact = runTests(folder, values.runs);
    if (intact !== undefined) throw new Error(`the tests fail before anything is broken: ${intact}`);
    const results = chosen.map((mutation): Result => {
      const by = withMutation(folder, mutation, () => runTests(folder, values.runs));
      process.stdout.write(
        `${by === undefined ? "NOT CAUGHT" : "caught"}  ${mutation.name}${by === undefined ? "" : `  (${by})`}\n`,
      );
      return { mutation, caught: by !== undefined, by: by ?? "" };
    });
    if (only === undefined) writeFileSync(RESULTS, table(results));
    const caught = results.filter(({ caught }) => caught).length;
    process.stdout.write(`${caught} of ${results.length} mutations caught\n`);
    process.exitCode = caught === results.length ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyTo(folder: string): void {
  for (const name of FOLDERS) {
    mkdirSync(join(folder, name), { recursive: true });
    cpSync(join(ROOT, name), join(folder, name), {
      recursive: true,
      filter: (path) => !path.includes("node_modules") && !path.endsWith("/dist"),
    });
  }
  for (const file of ["package.json", ".mocharc.json", "tsconfig.json"])
    cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}

function withMutation<T>(folder: string, { name, file, find, replace }: Mutation, run: () => T): T {
  const path = join(folder, "services", "matching", file);
  const intact = readFileSync(path, "utf8");
  if (intact.split(find).length !== 2)
    throw new Error(`"${name}": the text to break is not exactly once in ${file}`);
  writeFileSync(
    path,
    intact.replace(find, () => replace),
  );
  try {
    return run();
  } finally {
    writeFileSync(path, intact);
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

main();
