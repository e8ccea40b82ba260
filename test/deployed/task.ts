import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { freePort } from "#local/aws-local/free-port.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A service's container in a process of its own, with what its task definition tells it. */
export interface Task {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** What it logged, a line an event. */
  readonly lines: readonly LogLine[];
  readonly exitCode: number | null;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  isReady(): Promise<boolean>;
  /** Waits until it is; fails with what it said where it ends before. */
  untilReady(): Promise<void>;
  said(event: string): boolean;
  /** The steps of something that it did, with the ms that each took. */
  steps(event: string): string;
  /** As ECS does it: SIGTERM, and it is waited for. Its exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

export interface LogLine {
  readonly event: string;
  readonly level: string;
  readonly text: string;
}

export interface TaskSpec {
  readonly name: string;
  readonly command: readonly string[];
  /** All that it is told, but for its port. */
  readonly environment: Readonly<Record<string, string>>;
}

const LINES_MAX = 2000;
const LOOK_MS = 50;
const clock = systemClock();

/** Starts a task on a free port. */
export async function startTask({ name, command, environment }: TaskSpec): Promise<Task> {
  const port = await freePort();
  const child = spawn(process.execPath, ["--no-warnings", ...command], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? "",
      NODE_ENV: "production",
      ...environment,
      MERIDIAN_PORT: String(port),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: LogLine[] = [];
  let rest = "";
  const take = (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop() ?? "";
    for (const text of parts) lines.push(lineOf(text));
    if (lines.length > LINES_MAX) lines.splice(0, lines.length - LINES_MAX);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => {
    try {
      return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false;
    }
  };
  return {
    name,
    port,
    url,
    lines,
    get exitCode() {
      return child.exitCode;
    },
    ended: once(child, "exit").then(() => {}),
    isReady,
    untilReady: async () => {
      while (!(await isReady())) {
        if (hasEnded(child)) throw new Error(`${name} ended: ${lines.map(({ text }) => text).join("\n")}`);
        await new Promise<void>((resolve) => void clock.schedule(LOOK_MS, resolve));
      }
    },
    said: (event) => lines.some((line) => line.event === event),
    steps: (event) =>
      lines
        .filter((line) => line.event === event)
        .map(({ text }) => JSON.parse(text) as { step: string; stepMs: number })
        .map(({ step, stepMs }) => `${step} ${stepMs}`)
        .join(", "),
    stop: async () => {
      if (!hasEnded(child)) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      return child.exitCode;
    },
    kill: async () => {
      if (hasEnded(child)) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function lineOf(text: string): LogLine {
  try {
    const { event = "", level = "" } = JSON.parse(text) as { event?: string; level?: string };
    return { event, level, text };
  } catch {
    return { event: "", level: "", text };
  }
}
