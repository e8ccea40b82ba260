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
  const [{ runUntilStopped }, { startPlatform }] = await Promise.all([
    import("./run-until-stopped.ts"),
    import("./start-platform.ts"),
  ]);
  await runUntilStopped("Meridian is ready", (signal) => startPlatform(options, signal));
  process.exit(0);
}

process.on("uncaughtException", exitWithClearLine);
main().catch(exitWithClearLine);
