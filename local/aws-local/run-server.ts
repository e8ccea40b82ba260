import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { freePort } from "./free-port.ts";

/** What starts a server on a port. */
export interface ServerProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface ServerSpec {
  /** For messages. */
  readonly name: string;
  readonly clock: Clock;
  /** How it is started on a port, and on a second one next to it where it needs two. */
  program(port: number, secondPort: number): ServerProgram;
  /** True once it answers; without it, once it takes connections. */
  readonly isReady?: (url: string) => Promise<boolean>;
  /** How long it may take until then. */
  readonly readyWithinMs?: number;
  /** Starts on this port instead of a free one: a server that comes back where it was. */
  readonly port?: number;
}

/** A server that runs in a process of its own, on 127.0.0.1. */
export interface RunningServer {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process has ended, whatever the reason. */
  readonly ended: Promise<void>;
  /** Ends it (SIGTERM, after a while SIGKILL) and waits until it is gone. */
  stop(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

const TRIES = 3;
const READY_WITHIN_MS = 30_000;
const POLL_MS = 20;
const STOP_WITHIN_MS = 3000;
const SAID_MAX = 4000;
const END_WITH_PARENT = fileURLToPath(new URL("./end-with-parent.ts", import.meta.url));

/** A program of Node that ends when the process that started it is gone. */
export function nodeProgram(
  main: string,
  args: readonly string[] = [],
): Pick<ServerProgram, "file" | "args"> {
  return { file: process.execPath, args: ["--no-warnings", "--import", END_WITH_PARENT, main, ...args] };
}

/** Starts a server on a free port and waits until it is ready. Throws `OperatingError` when it does not get there, with what it said. */
export async function runServer(spec: ServerSpec): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    const started = await tryServer(spec);
    if (!("failure" in started)) return started;
    // Somebody else may have taken the port in between.
    if (attempt >= TRIES) throw new OperatingError(`${spec.name} did not start: ${started.failure}`);
  }
}

async function tryServer(spec: ServerSpec): Promise<RunningServer | { readonly failure: string }> {
  const { clock, name } = spec;
  const port = spec.port ?? (await freePort());
  const { file, args, env } = spec.program(port, await freePort());
  const child = spawn(file, args, {
    stdio: ["pipe", "pipe", "pipe"],
    // A process group of its own: Ctrl-C is for who started it, and who stops things in their order.
    detached: true,
    env: { ...process.env, ...env },
  });
  let said = "";
  const note = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-SAID_MAX);
  };
  child.stdout.on("data", note);
  child.stderr.on("data", note);
  // A program that does not read its input may close it.
  child.stdin.on("error", () => {});
  let failure: string | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      failure = error.message;
      resolve();
    });
    child.once("close", (code, signal) => {
      failure ??= `it ended (${code ?? signal}) ${said.trim()}`;
      resolve();
    });
  });
  endWithThisProcess(child, ended);
  const url = `http://127.0.0.1:${port}`;
  const isReady = spec.isReady ?? (() => takesConnections(port));
  const deadline = clock.monotonic() + (spec.readyWithinMs ?? READY_WITHIN_MS);
  while (!(await isReady(url))) {
    if (failure !== undefined) return { failure };
    if (clock.monotonic() > deadline) {
      await stop(child, ended, clock);
      return { failure: `${name} was not ready in time. ${said.trim()}` };
    }
    await pause(clock, POLL_MS);
  }
  // It may be another program that answers on that port.
  if (failure !== undefined) return { failure };
  return {
    port,
    url,
    pid: child.pid ?? 0,
    ended,
    stop: () => stop(child, ended, clock),
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function stop(child: ChildProcess, ended: Promise<void>, clock: Clock): Promise<void> {
  child.kill("SIGTERM");
  const timer = clock.schedule(STOP_WITHIN_MS, () => child.kill("SIGKILL"));
  await ended;
  timer.cancel();
}

/** Servers of this process that run. */
const RUNNING = new Set<ChildProcess>();

function endAll(): void {
  for (const child of RUNNING) child.kill("SIGKILL");
}

/** Nothing is left behind, also where this process ends without stopping what it started. */
function endWithThisProcess(child: ChildProcess, ended: Promise<void>): void {
  if (RUNNING.size === 0) process.once("exit", endAll);
  RUNNING.add(child);
  void ended.then(() => {
    RUNNING.delete(child);
    if (RUNNING.size === 0) process.off("exit", endAll);
  });
}

/** True if something listens there. */
export async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(delayMs, resolve));
}
