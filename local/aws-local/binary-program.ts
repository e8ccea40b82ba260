import type { ServerProgram } from "./run-server.ts";

/** Runs a program in the shell's place; beside it waits who ends it when its input, a pipe from the process that started it, ends with that process. */
const WITH_WATCH = 'exec 3<&0; (cat <&3; kill $$) >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';

/** A program of another language that ends when the process that started it is gone. */
export function binaryProgram(file: string, args: readonly string[]): Pick<ServerProgram, "file" | "args"> {
  return { file: "/bin/sh", args: ["-c", WITH_WATCH, "sh", file, ...args] };
}
