import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Adapters, Place } from "./adapters.ts";
import type { WriterName } from "./writers.ts";

const PROGRAM = fileURLToPath(new URL("./writer-program.ts", import.meta.url));

/** Lets a writer write in a process of its own and kills it (SIGKILL) after so many acknowledgements: all that it said in time. */
export async function runUntilKilled(
  adapters: Adapters,
  port: WriterName,
  place: Place,
  acknowledgements: number,
): Promise<string[]> {
  const child = spawn(process.execPath, [PROGRAM, adapters.module, port, place], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === acknowledgements) child.kill("SIGKILL");
  }
  const [, signal] = await closed;
  if (signal !== "SIGKILL") throw new Error(`the writer of ${port} ended by itself`);
  return lines;
}
