import { type ChildProcess, spawn } from "node:child_process";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { FromChild, ToChild } from "./child-messages.ts";

export interface ChildSpec {
  /** `us-east-1`, `us-east-1/a`, `edge`, `bots`, `observe` */
  readonly name: string;
  readonly role: "region" | "zone" | "edge" | "bots" | "observe";
  /** The program, a file. */
  readonly program: string;
  /** How it is to run, asked for at each start. */
  readonly config: () => unknown;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ChildEvents {
  readonly onPorts: (ports: Readonly<Record<string, number>>) => void;
  readonly onReady: () => void;
  /** How it says that it stands. */
  readonly onObservation: (observation: unknown) => void;
  /** Its fold of a shard and another's differ. */
  readonly onDivergence: (shard: string) => void;
  /** It ended and will come back. */
  readonly onDeath: (reason: string) => void;
  /** It will not come back: what to say about it. */
  readonly onGivenUp: (line: string) => void;
}

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 5000;
/** Who was ready for so long has recovered: the next end is a first one again. */
const STEADY_MS = 10_000;
/** Ends in a row, without having been ready in between. */
const FAILURES_MAX = 10;
/** Longer than a child gives itself to stop. */
const KILL_MS = 10_000;
/** Others of an earlier run may hold it for a moment still. */
const PASSING = new Set(["DataFolderInUse"]);

/** A process that is started again, after growing waits, whenever it ends. */
export class SupervisedChild {
  readonly spec: ChildSpec;
  readonly #clock: Clock;
  readonly #events: ChildEvents;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #retry: Timer | undefined;
  #steady: Timer | undefined;
  #isReady = false;
  #wasReady = false;
  #isStopping = false;
  #failures = 0;
  #restarts = 0;
  #fatal: { readonly name: string; readonly line: string } | undefined;

  constructor(spec: ChildSpec, clock: Clock, events: ChildEvents) {
    this.spec = spec;
    this.#clock = clock;
    this.#events = events;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  start(): void {
    if (this.#isStopping) return;
    this.#fatal = undefined;
    const { program, config, env } = this.spec;
    const child = spawn(process.execPath, [program], {
      stdio: ["ignore", "inherit", "pipe", "ipc"],
      // A process group of its own: Ctrl-C is for the supervisor, which stops things in their order.
      detached: true,
      env: { ...process.env, ...env },
    });
    this.#child = child;
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    child.on("message", (message: FromChild) => this.#take(message));
    // What is sent to a child that is just ending is lost, as its end tells.
    child.on("error", () => {});
    this.#ended = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        resolve();
        this.#onEnd(signal ?? `exit ${code}`, said);
      });
    });
    this.#send({ t: "config", config: config() });
  }

  update(update: unknown): void {
    this.#send({ t: "update", update });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Resolves when it is gone; it is not started again. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#retry?.cancel();
    this.#steady?.cancel();
    const child = this.#child;
    if (child === undefined) return;
    this.#send({ t: "stop" });
    const killing = this.#clock.schedule(KILL_MS, () => child.kill("SIGKILL"));
    await this.#ended;
    killing.cancel();
  }

  #send(message: ToChild): void {
    if (this.#child?.connected) this.#child.send(message, () => {});
  }

  #take(message: FromChild): void {
    switch (message.t) {
      case "ports":
        this.#events.onPorts(message.ports);
        break;
      case "ready":
        this.#isReady = true;
        this.#wasReady = true;
        this.#steady = this.#clock.schedule(STEADY_MS, () => {
          this.#failures = 0;
        });
        this.#events.onReady();
        break;
      case "observation":
        this.#events.onObservation(message.observation);
        break;
      case "divergence":
        this.#events.onDivergence(message.shard);
        break;
      case "fatal":
        this.#fatal = message;
        // Zones that differ end their Region: it says so with its last word.
        if (/tape divergence/.test(message.line)) this.#events.onDivergence("");
        break;
    }
  }

  #onEnd(reason: string, said: string): void {
    this.#child = undefined;
    this.#isReady = false;
    this.#steady?.cancel();
    if (this.#isStopping) return;
    this.#failures++;
    const line =
      this.#fatal?.line ?? `${this.spec.name} ended (${reason})${said === "" ? "" : `: ${said.trim()}`}`;
    // What keeps a first start from succeeding is for whoever runs the platform to mend.
    const isHopeless = !this.#wasReady && this.#fatal !== undefined && !PASSING.has(this.#fatal.name);
    if (isHopeless || this.#failures >= FAILURES_MAX) {
      this.#events.onGivenUp(line);
      return;
    }
    this.#events.onDeath(line);
    this.#restarts++;
    const wait = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (this.#failures - 1));
    this.#retry = this.#clock.schedule(wait, () => this.start());
  }
}
