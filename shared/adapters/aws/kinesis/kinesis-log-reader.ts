import type { CommandLog } from "#shared/ports/command-log.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { foreignMarks } from "./foreign-marks.ts";
import { type KinesisLogOptions, logReaderOptions, settingsOf } from "./kinesis-log-options.ts";
import { LogReader } from "./log-reader.ts";

/** A log that another Region writes. */
export type ForeignLog = Omit<CommandLog, "append">;

/** A reader that has begun, and may still be on its way to the end of the log as it was then. */
export interface StartedReader {
  readonly log: ForeignLog;
  /** Resolves when it has come there; false if that could not be had. */
  readonly isOpen: Promise<boolean>;
}

/** Begins to read another Region's log, on its stream there. Positions are the ones that its owner sees. Rejects where the log's marks cannot be had. */
export async function startKinesisLogReader(options: KinesisLogOptions): Promise<StartedReader> {
  const reader = await LogReader.start(
    logReaderOptions(settingsOf({ ...options, marks: foreignMarks(options.marks) })),
  );
  return { log: reader, isOpen: reader.tip };
}

/** The same; resolves when the end of the log, as it then was, is read. */
export async function openKinesisLogReader(options: KinesisLogOptions): Promise<ForeignLog> {
  const { log, isOpen } = await startKinesisLogReader(options);
  if (await isOpen) return log;
  await log.close();
  throw new OperatingError(
    `The stream ${options.streamName} cannot be read: the log ${options.log} does not open.`,
  );
}
