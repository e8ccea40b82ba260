import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../local/main.ts", import.meta.url));

/** The real program in a process of its own. */
export interface PlatformProcess {
  readonly url: string;
  /** Ends it by a signal and waits until it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** How a start ended that did not become ready. */
export interface FailedStart {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `npm start`'s program and waits until it says that it is ready. Rejects if it ends before. */
export async function startPlatformProcess(args: readonly string[]): Promise<PlatformProcess> {
  const result = await tryPlatformProcess(args);
  if ("url" in result) return result;
  throw new Error(`the platform did not start (exit ${result.exitCode}): ${result.stderr}${result.stdout}`);
}

/** The same, but an early end is an answer. */
export async function tryPlatformProcess(args: readonly string[]): Promise<PlatformProcess | FailedStart> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "close");
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  for await (const line of createInterface({ input: child.stdout })) {
    stdout += `${line}\n`;
    const url = /ready: (\S+)/.exec(line)?.[1];
    if (url !== undefined) {
      // Nobody reads on, so nothing may fill the pipe and stop the program.
      child.stdout.resume();
      return { url, kill: (signal) => endBy(child, signal, exited) };
    }
  }
  await exited;
  return { exitCode: child.exitCode, stdout, stderr };
}

async function endBy(child: ChildProcess, signal: NodeJS.Signals, exited: Promise<unknown>): Promise<void> {
  child.kill(signal);
  await exited;
}
