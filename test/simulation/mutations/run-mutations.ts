import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Breakage, copyCode, removeCopy, whileBroken } from "#test/mutations/broken-copy.ts";
import { runSeeds } from "#test/simulation/run-seeds.ts";
import { SIMULATED_MUTATIONS } from "./mutations.ts";

const RESULTS = fileURLToPath(new URL("./results.md", import.meta.url));
const BOUNDS = { steps: 2 ** 31 - 1, seconds: 60, workers: 2 };

interface Result {
  readonly breakage: Breakage;
  /** The first seed that noticed, of how many, and what it said. */
  readonly seed: number | undefined;
  readonly seeds: number;
  readonly by: string;
}

/** Breaks a copy of the code in each listed way and lets seeds find it. True if each was found. */
export async function runMutations(options: {
  readonly only: string | undefined;
  readonly seeds: number;
}): Promise<boolean> {
  const { only, seeds } = options;
  const texts = only?.split("|") ?? [""];
  const chosen = SIMULATED_MUTATIONS.filter(({ name }) => texts.some((text) => name.includes(text)));
  const folder = copyCode();
  const results: Result[] = [];
  const isSound = soundness();
  try {
    for (const breakage of chosen) {
      const result = await whileBroken(folder, breakage, () => firstCaught(folder, breakage, seeds, isSound));
      results.push(result);
      // At once: a run of all of them takes long, and what is known stays known if it is ended.
      writeFileSync(RESULTS, table(readFileSync(RESULTS, "utf8"), result));
      const what = result.seed === undefined ? "NOT CAUGHT" : "caught";
      process.stdout.write(`${what}  ${breakage.name}  (seed ${result.seed}: ${result.by})\n`);
    }
  } finally {
    removeCopy(folder);
  }
  const caught = results.filter(({ seed }) => seed !== undefined).length;
  process.stdout.write(`${caught} of ${results.length} mutations caught\n`);
  return caught === results.length;
}

/** The first seed that finds something in the broken code and nothing in the intact one. */
async function firstCaught(
  folder: string,
  breakage: Breakage,
  count: number,
  isSound: (seed: number) => Promise<boolean>,
): Promise<Result> {
  const program = join(folder, "test", "simulation", "main.ts");
  let seeds = Array.from({ length: count }, (_, at) => at + 1);
  while (seeds.length > 0) {
    const results = await runSeeds({ ...BOUNDS, seeds, program, bail: true }).catch((error: Error) => {
      throw new Error(`"${breakage.name}" does not run: ${error.message}`);
    });
    const done = new Set(results.map(({ seed }) => seed));
    seeds = seeds.filter((seed) => !done.has(seed));
    for (const { seed, failure } of results) {
      if (failure === undefined) continue;
      if (!(await isSound(seed))) continue;
      const [by = ""] = failure.message.split("\n");
      return { breakage, seed, seeds: count - seeds.length, by: by.slice(0, 200) };
    }
  }
  return { breakage, seed: undefined, seeds: count, by: "" };
}

/** Whether a seed finds nothing in the intact code: the same ones are asked for again and again. */
function soundness(): (seed: number) => Promise<boolean> {
  const known = new Map<number, boolean>();
  return async (seed) => {
    const [intact] = known.has(seed) ? [] : await runSeeds({ ...BOUNDS, seeds: [seed] });
    if (intact !== undefined) known.set(seed, intact.failure === undefined);
    return known.get(seed) === true;
  };
}

/** The table with one result more; each way has its row, in the order of the list. */
function table(known: string, { breakage, seed, seeds, by }: Result): string {
  const caught = seed === undefined ? `**not in ${seeds} seeds**` : `seed ${seed}`;
  const row = `| ${breakage.name} | ${caught} | ${by.replaceAll("|", "\\|")} |`;
  const rows = SIMULATED_MUTATIONS.map(({ name }) =>
    name === breakage.name
      ? row
      : (known.split("\n").find((line) => line.startsWith(`| ${name} | `)) ?? `| ${name} | not run yet | |`),
  );
  return [
    "# What the simulator catches",
    "",
    "Written by `npm run simulate -- --mutations`: each way to break the code, the first seed that noticed, and what it said. With `--only TEXT` the other rows stay as they are.",
    "",
    "| broken | caught by | as |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
