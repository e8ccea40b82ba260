import type { CommandAppender } from "#shared/ports/command-log.ts";
import { DEFAULT_TUNING } from "./kinesis-log-options.ts";
import { createKinesisWriter, type KinesisWriterOptions } from "./kinesis-writer.ts";

/** A writer's options, all of whose times and bounds have a value where nothing is said. */
export type KinesisAppenderOptions = Pick<
  KinesisWriterOptions,
  "client" | "streamName" | "log" | "hashKey" | "clock" | "random" | "onFlush"
> &
  Partial<Omit<KinesisWriterOptions, "readBackWithinMs">>;

/**
 * A shard's log on a Kinesis stream for who may append to it and not read it: a gateway. What is appended is acknowledged once its record is put. A put whose answer was lost is `unknown`, and may be there twice; the fold takes a
 * command id once.
 */
export function createKinesisAppender(
  options: KinesisAppenderOptions,
): CommandAppender & { close(): Promise<void> } {
  const { readBackWithinMs: _, ...tuning } = DEFAULT_TUNING;
  const { writer } = createKinesisWriter({ ...tuning, ...options });
  return {
    append: async (bytes) => {
      const result = await writer.append(bytes);
      return result.ok ? { ok: true } : result;
    },
    close: () => writer.close(),
  };
}
