import { exitWithClearLine } from "./fatal.ts";

/** Ctrl-C and SIGTERM end the program in an orderly way, once. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let isStopping = false;
  const end = async () => {
    if (isStopping) return;
    isStopping = true;
    process.stdout.write("Stopping …\n");
    await stop();
    process.stdout.write("Stopped.\n");
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => void end().catch(exitWithClearLine));
}
