import type { CommandLog } from "#shared/ports/command-log.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { type KinesisLogOptions, logReaderOptions, settingsOf } from "./kinesis-log-options.ts";
import { LogReader } from "./log-reader.ts";

/** A log that another Region writes. */
export type ForeignLog = Omit<CommandLog, "append">;

/** Opens another Region's log for reading, on its stream there. Positions are the ones that its owner sees. Resolves when the end of the log, as it then was, is read. */
export async function openKinesisLogReader(options: KinesisLogOptions): Promise<ForeignLog> {
  const reader = await LogReader.start(logReaderOptions(settingsOf(options)));
  if (await reader.tip) return reader;
  await reader.close();
  throw new OperatingError(
    `The stream ${options.streamName} cannot be read: the log ${options.log} does not open.`,
  );
}
