import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { binaryProgram } from "./binary-program.ts";
import { type RunningServer, runServer } from "./run-server.ts";

export interface DynamoDbServerOptions {
  readonly clock: Clock;
  /** A file that keeps the tables; without it they are in memory. */
  readonly file?: string;
  readonly port?: number;
}

/** Starts dynoxide: DynamoDB with transactions, conditional writes, indexes and Streams, over SQLite. About 1,000 writes a second. */
export function startDynamoDb({ clock, file, port }: DynamoDbServerOptions): Promise<RunningServer> {
  const program = dynoxideProgram();
  return runServer({
    name: "dynoxide",
    clock,
    ...(port === undefined ? {} : { port }),
    program: (free) =>
      binaryProgram(program, [
        ...["serve", "--port", String(free)],
        ...(file === undefined ? [] : ["--db-path", file]),
      ]),
  });
}

/** Whether this machine can run it: its program is an optional package. */
export function hasDynamoDb(): boolean {
  return findDynoxide() !== undefined;
}

function dynoxideProgram(): string {
  const program = findDynoxide();
  if (program === undefined)
    throw new OperatingError(
      `There is no DynamoDB server for ${process.platform} on ${process.arch}: the optional package @dynoxide/linux-x64 is missing.`,
    );
  return program;
}

function findDynoxide(): string | undefined {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("@dynoxide/linux-x64/package.json"));
    const program = join(folder, "dynoxide");
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}
