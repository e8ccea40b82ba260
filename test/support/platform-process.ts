import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type ControlClient, findPlatform } from "#local/supervisor/control-client.ts";

const MAIN = fileURLToPath(new URL("../../local/main.ts", import.meta.url));
/** Some seconds on a quiet machine; what takes longer hangs. */
const START_MS = 120_000;
const LAST_LINES = 30;
/** A supervisor that is well answers in a few milliseconds. */
const CONTROL_MS = 5000;

/** The real program in a process of its own. */
export interface PlatformProcess {
  readonly url: string;
  /** Ends it by a signal and waits until it is gone: how it ended. */
  kill(signal: NodeJS.Signals): Promise<Ending>;
  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void;
  /** The last lines that it said so far. */
  lastWords(): string;
}

/** How a process ended, and all that it said. */
export interface Ending {
  /** `null` if a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `npm start`'s program and waits until it says that it is ready. Rejects if it ends before, or takes too long. */
export async function startPlatformProcess(
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<PlatformProcess> {
  const result = await tryPlatformProcess(args, options);
  if ("url" in result) return result;
  throw new Error(`the platform did not start (exit ${result.exitCode}): ${result.stderr}${result.stdout}`);
}

export interface ProcessOptions {
  /** Has the process in hand before it is ready. */
  readonly onSpawn?: (child: ChildProcess) => void;
  readonly env?: Readonly<Record<string, string>>;
}

/** The same, but an early end is an answer. What is not ready in time is ended. */
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
  const hanging = setTimeout(() => {
    stderr += `not ready after ${START_MS} ms\n`;
    child.kill("SIGKILL");
  }, START_MS);
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
  clearTimeout(hanging);
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
    lastWords: () => `${stdout}${stderr}`.split("\n").slice(-LAST_LINES).join("\n"),
  };
}

/** Ends a platform in whatever state it is, with all its processes: one that was stopped by a signal would not notice that its supervisor has gone. */
export async function throwAway(platform: PlatformProcess, dataFolder: string): Promise<void> {
  const pids = await pidsOf(findPlatform(dataFolder));
  await platform.kill("SIGKILL");
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

/** Of the processes that a supervisor has; none where it does not answer. */
export async function pidsOf(control: ControlClient | undefined): Promise<number[]> {
  const status = control?.status() ?? Promise.resolve({ processes: [] });
  const silence = new Promise<{ processes: [] }>((resolve) => {
    setTimeout(() => resolve({ processes: [] }), CONTROL_MS).unref();
  });
  const { processes } = await Promise.race([status.catch(() => ({ processes: [] })), silence]);
  return processes.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
}
