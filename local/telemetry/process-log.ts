import { createLog, type LogOptions } from "#shared/telemetry/create-log.ts";
import type { Log } from "#shared/telemetry/log.ts";
import { CommandLineError } from "../cli/fatal.ts";

const LEVELS = ["debug", "info", "warn", "error", "silent"];

/** The log of one of the platform's processes, on its standard output: at MERIDIAN_LOG's level, plain where a person reads it. Throws `CommandLineError`. */
export function processLog(options: Omit<LogOptions, "level" | "isPlain" | "write">): Log {
  const level = process.env.MERIDIAN_LOG || "warn";
  if (!LEVELS.includes(level))
    throw new CommandLineError(`MERIDIAN_LOG takes ${LEVELS.join(", ")}, not "${level}".`);
  return createLog({ ...options, level, isPlain: process.stdout.isTTY });
}
