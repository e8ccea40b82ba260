import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { exitWithClearLine } from "../cli/fatal.ts";
import { ExchangeRefusal } from "../client/meridian-client.ts";
import { parseBook } from "./lobster-book.ts";
import { parseMessages } from "./lobster-message.ts";
import { showProgress } from "./progress.ts";
import { replay } from "./replay.ts";
import { ReplayError } from "./replay-error.ts";
import { parseReplayOptions } from "./replay-options.ts";
import { isExplained, replayReport } from "./replay-report.ts";
import { withPlatform } from "./with-platform.ts";

/** `npm run replay`: exit code 0 if all agrees or is explained, 1 if not, or if it could not run. */
async function main(): Promise<void> {
  const options = parseReplayOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text);
    return;
  }
  const { messageFile, bookFile, symbol, url, isUrlGiven, keep } = options;
  const messages = parseMessages(basename(messageFile), readFileSync(messageFile, "utf8"));
  const book =
    bookFile === undefined ? undefined : parseBook(basename(bookFile), readFileSync(bookFile, "utf8"));
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());
  const random = systemRandom();
  const clock = systemClock();

  const result = await withPlatform(url, !isUrlGiven, say, (platform) => {
    say(`Replaying ${basename(messageFile)} into ${symbol} at ${platform} …`);
    return replay({
      url: platform,
      symbol,
      messageFile: basename(messageFile),
      messages,
      book,
      keep,
      signal: stopping.signal,
      now: () => clock.now(),
      randomText: () => Buffer.from(random.bytes(6)).toString("hex"),
      onProgress: showProgress(process.stdout, messages.length),
    });
  });
  if (stopping.signal.aborted) say("Stopped before the end.");
  say(`\n${replayReport(result)}`);
  process.exitCode = isExplained(result) && !stopping.signal.aborted ? 0 : 1;
}

main().catch((error: unknown) => {
  if (!(error instanceof ReplayError) && !(error instanceof ExchangeRefusal)) exitWithClearLine(error);
  process.stderr.write(`meridian: ${error.message}\n`);
  process.exitCode = 1;
});
