import { createInterface } from "node:readline";
import { exitWithClearLine } from "#local/cli/fatal.ts";
import { DEFAULT_CLUSTER } from "./default-cluster.ts";
import { runMutations } from "./mutations/run-mutations.ts";
import { parseSimulateOptions, type SimulateOptions } from "./options.ts";
import { runSeed } from "./run-seed.ts";
import { runSeeds } from "./run-seeds.ts";
import { failureText, summaryOf } from "./summary.ts";

/** `npm run simulate`: ends with 1 if any seed found something. */
async function main(): Promise<void> {
  const options = parseSimulateOptions(process.argv.slice(2));
  switch (options.kind) {
    case "help":
      process.stdout.write(options.text);
      return;
    case "serve":
      return serve(options);
    case "mutations":
      process.exitCode = (await runMutations(options)) ? 0 : 1;
      return;
    case "run":
      return run(options);
  }
}

async function serve({
  steps,
  seconds,
}: {
  readonly steps: number;
  readonly seconds: number;
}): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const result = await runSeed(Number(line), { ...DEFAULT_CLUSTER, maxSteps: steps, seconds });
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}

async function run(options: Extract<SimulateOptions, { readonly kind: "run" }>): Promise<void> {
  const { firstSeed, lastSeed, steps, seconds, workers, isVerbose } = options;
  const seeds = Array.from({ length: lastSeed - firstSeed + 1 }, (_, at) => firstSeed + at);
  const begin = performance.now();
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const listener = isVerbose ? say : undefined;
  const onResult = (result: Awaited<ReturnType<typeof runSeed>>) => {
    if (result.failure !== undefined) say(failureText(result, options));
  };
  const results =
    seeds.length > 1
      ? await runSeeds({ seeds, steps, seconds, workers, onResult })
      : [await runSeed(firstSeed, { ...DEFAULT_CLUSTER, maxSteps: steps, seconds, listener })];
  if (seeds.length === 1) for (const result of results) onResult(result);
  const failed = results.filter(({ failure }) => failure !== undefined).map(({ seed }) => seed);
  const range = firstSeed === lastSeed ? `seed ${firstSeed}` : `seeds ${firstSeed}..${lastSeed}`;
  say(`simulate: ${range}: ${summaryOf(results, performance.now() - begin)}`);
  say(
    failed.length === 0 ? "simulate: nothing found" : `simulate: found something with ${failed.join(", ")}`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

main().catch(exitWithClearLine);
