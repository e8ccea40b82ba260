import { exitWithClearLine } from "../cli/fatal.ts";
import { interruption } from "../cli/interruption.ts";
import { allExperiments } from "./experiments/all.ts";
import { parseChaosOptions } from "./options.ts";

// What is broken on purpose needs no warning in between.
process.env.MERIDIAN_LOG ??= "error";

/** `npm run chaos`: experiments on the running platform. */
async function main(): Promise<void> {
  const options = parseChaosOptions(process.argv.slice(2));
  if (options.kind === "help") process.stdout.write(options.text);
  else if (options.kind === "list") {
    for (const { name, what } of allExperiments()) process.stdout.write(`${name.padEnd(20)} ${what}\n`);
  } else {
    const { runChaos } = await import("./run-chaos.ts");
    const signal = interruption((text) => process.stdout.write(text));
    process.exitCode = (await runChaos(options, signal)) ? 0 : 1;
    process.exit();
  }
}

process.on("uncaughtException", exitWithClearLine);
main().catch(exitWithClearLine);
