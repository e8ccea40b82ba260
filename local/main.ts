import { exitWithClearLine } from "./cli/fatal.ts";
import { parseOptions } from "./cli/options.ts";

/** `npm start`: Meridian on this machine, and a few bots, until it is told to stop. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text);
    return;
  }
  // Loaded only now: a word about a wrong option comes at once.
  if (options.regions === undefined) {
    const [{ runPlatform }, { tuneV8 }] = await Promise.all([
      import("./run-platform.ts"),
      import("#services/matching/tune-v8.ts"),
    ]);
    tuneV8();
    await runPlatform(options);
  } else {
    const { runSupervisor } = await import("./supervisor/run-supervisor.ts");
    await runSupervisor(options, options.regions);
  }
  process.exit(0);
}

process.on("uncaughtException", exitWithClearLine);
main().catch(exitWithClearLine);
