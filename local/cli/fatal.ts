import { OperatingError } from "#shared/ports/operating-error.ts";

/** The command line says something that the program does not understand. */
export class CommandLineError extends Error {
  override readonly name = "CommandLineError";
}

/** Ends the program: an operating error gives one clear line, a programmer error its stack. */
export function exitWithClearLine(error: unknown): never {
  process.stderr.write(`${fatalText(error)}\n`);
  process.exit(1);
}

/** What the person at the keyboard is told. */
export function fatalText(error: unknown): string {
  if (isOperating(error)) return `meridian: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isOperating(error: unknown): error is Error {
  if (error instanceof OperatingError || error instanceof CommandLineError) return true;
  // What node and SQLite report of the machine: no space, no permission, an I/O error.
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof Error && typeof code === "string" && /^(E[A-Z]+|ERR_SQLITE_ERROR)$/.test(code);
}
