import { exitWithClearLine } from "../cli/fatal.ts";
import { interruption } from "../cli/interruption.ts";
import { parseGameDayOptions } from "./options.ts";

// What is broken on purpose needs no warning in between.
process.env.MERIDIAN_LOG ??= "error";

/** `npm run gameday`: every experiment, and what the alerts made of it. */
async function main(): Promise<void> {
  const options = parseGameDayOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text);
    return;
  }
  const [{ runGameDay }, { hasHeld }, { gameDayTable, writeGameDay }] = await Promise.all([
    import("./run-gameday.ts"),
    import("./gameday-report.ts"),
    import("./report/write-gameday.ts"),
  ]);
  const report = await runGameDay(options, {
    say: (text) => process.stdout.write(text),
    onProgress: (soFar) => writeGameDay(options.reports, soFar),
    signal: interruption((text) => process.stdout.write(text)),
  });
  process.stdout.write(`\n${gameDayTable(report)}\n\n${writeGameDay(options.reports, report)}\n`);
  process.exit(hasHeld(report) ? 0 : 1);
}

process.on("uncaughtException", exitWithClearLine);
main().catch(exitWithClearLine);
