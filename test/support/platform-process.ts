import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../local/main.ts", import.meta.url));

/** The real program in a process of its own. */
export interface PlatformProcess {
  readonly url: string;
  /** Ends it by a signal and waits until it is gone: how it ended. */
  kill(signal: NodeJS.Signals): Promise<Ending>;
  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void;
}

/** How a process ended, and all that it said. */
export interface Ending {
  /** `null` if a signal ended it. */
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

export interface ProcessOptions {
  /** Has the process in hand before it is ready. */
  readonly onSpawn?: (child: ChildProcess) => void;
  readonly env?: Readonly<Record<string, string>>;
}

/** The same, but an early end is an answer. */
export async function tryPlatformProcess(
  args: readonly string[],
  { onSpawn = () => {}, env = {} }: ProcessOptions = {},
): Promise<PlatformProcess | Ending> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  onSpawn(child);
  const exited = once(child, "close");
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ending = async (): Promise<Ending> => {
    await exited;
    return { exitCode: child.exitCode, stdout, stderr };
  };
  const url = await new Promise<string | undefined>((resolve) => {
    // All lines are read to the end, so that nothing fills the pipe and stops the program.
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => {
      stdout += `${line}\n`;
      const ready = /ready: (\S+)/.exec(line)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    lines.once("close", () => resolve(undefined));
  });
  if (url === undefined) return ending();
  return {
    url,
    kill: (signal) => {
      child.kill(signal);
      return ending();
    },
    signal: (signal) => {
      child.kill(signal);
    },
  };
}
