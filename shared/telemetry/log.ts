import type { LogFields } from "./log-fields.ts";

/** Where parts say what an operator should see: events with fields, in one word each. Never throws and never waits. */
export interface Log {
  debug(fields: LogFields, event: string): void;
  info(fields: LogFields, event: string): void;
  warn(fields: LogFields, event: string): void;
  error(fields: LogFields, event: string): void;
  /** False where lines of a level go nowhere: what they would say needs not to be gathered. */
  isLevelEnabled(level: "debug"): boolean;
}

/** Says nothing. */
export const SILENT_LOG: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  isLevelEnabled: () => false,
};
