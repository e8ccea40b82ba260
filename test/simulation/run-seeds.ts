import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { SeedResult } from "./run-seed.ts";

export interface ManySeeds {
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly seconds: number;
  /** Processes that share the seeds. */
  readonly workers: number;
  /** The program that runs one or more seeds, where it is not this repository's. */
  readonly program?: string;
  readonly onResult?: (result: SeedResult) => void;
  /** Stops all as soon as one seed has found something. */
  readonly bail?: boolean;
}

/** What Node has compiled once: a process begins in two thirds of the time. */
const COMPILED = join(tmpdir(), "meridian-simulator-compiled");
/**
 * A seed is over before much of the code has become hot: it is compiled at once, and not interpreted first; and only what has been called ten times as often as Node thinks enough is optimized to the
 * last, for the threads that do so take the cores that run seeds.
 */
const V8_FLAGS = ["--always-sparkplug", "--invocation-count-for-turbofan=30000"];
const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Runs seeds in several processes, each its next one when it has finished one. Results in the order of the seeds. Rejects when a process dies. */
export async function runSeeds(many: ManySeeds): Promise<readonly SeedResult[]> {
  const waiting = [...many.seeds];
  const results: SeedResult[] = [];
  let isFound = false;
  const next = () => (isFound && many.bail === true ? undefined : waiting.shift());
  const work = () =>
    runWorker(many, next, (result) => {
      results.push(result);
      isFound ||= result.failure !== undefined;
      many.onResult?.(result);
    });
  await Promise.all(Array.from({ length: Math.min(many.workers, many.seeds.length) }, work));
  return results.toSorted((a, b) => a.seed - b.seed);
}

/** One process, which reads a seed a line and writes a result a line. */
function runWorker(
  { program = MAIN, steps, seconds }: ManySeeds,
  next: () => number | undefined,
  onResult: (result: SeedResult) => void,
): Promise<void> {
  const args = [...V8_FLAGS, program, "--serve", "--steps", `${steps}`, "--seconds", `${seconds}`];
  const env = { NODE_COMPILE_CACHE: COMPILED, ...process.env };
  const child = spawn(process.execPath, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  const errors: string[] = [];
  child.stderr.on("data", (data) => errors.push(String(data)));
  const give = () => {
    const seed = next();
    if (seed === undefined) child.stdin.end();
    else child.stdin.write(`${seed}\n`);
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    onResult(JSON.parse(line) as SeedResult);
    give();
  });
  give();
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`a simulating process ended with ${code ?? signal}: ${errors.join("")}`));
    });
  });
}
