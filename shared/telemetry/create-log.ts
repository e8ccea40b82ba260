import pino from "pino";
import type { TraceContext } from "#shared/domain/trace-context.ts";
import type { Log } from "./log.ts";
import type { LogFields } from "./log-fields.ts";
import { plainLine } from "./plain-line.ts";
import { createRedactor } from "./redact.ts";

export interface LogOptions {
  readonly service: string;
  readonly region?: string;
  readonly zone?: string;
  /** The least level: `debug`, `info`, `warn` (where nothing is said), `error`, `silent`. */
  readonly level?: string | undefined;
  /** Struck out wherever they come up, whatever their form. */
  readonly secrets?: readonly string[];
  /** The trace of what is done now. */
  readonly trace?: () => TraceContext | undefined;
  /** Lines for a person, not for a machine. */
  readonly isPlain?: boolean;
  /** Takes each line, with its end; the standard output where nothing is said. */
  readonly write?: (line: string) => void;
}

/**
 * A process's log: a JSON object a line, with the fields of `log-fields.ts` and no others. Every text in it is looked through for secrets. Throws for a
 * level that there is not.
 */
export function createLog(options: LogOptions): Log {
  const { service, region, zone, level = "warn", secrets = [], trace, isPlain = false } = options;
  const write = options.write ?? ((line) => void process.stdout.write(line));
  const redact = createRedactor(secrets);
  return pino(
    {
      level,
      messageKey: "event",
      base: { service, region, zone, pid: process.pid },
      timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => shaped(fields, redact),
      },
      mixin: () => {
        const context = trace?.();
        return context === undefined ? {} : { traceId: context.traceId, spanId: context.spanId };
      },
    },
    { write: isPlain ? (line: string) => write(plainLine(line)) : write },
  );
}

function shaped({ err, ...fields }: LogFields, redact: (text: string) => string): Record<string, unknown> {
  const safe = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? redact(value) : value]),
  );
  if (err === undefined) return safe;
  const { name, message, stack } = err instanceof Error ? err : new Error(String(err));
  return { ...safe, error: { name, message: redact(message), stack: redact(stack ?? "") } };
}
