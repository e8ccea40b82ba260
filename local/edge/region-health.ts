import { request } from "node:http";
import type { Clock, Timer } from "#shared/ports/clock.ts";

/** A Region as the edge knows it. */
export interface EdgeRegion {
  readonly region: string;
  /** Where its gateway listens; 0 while nobody knows. */
  readonly port: number;
}

export interface RegionHealthReport {
  readonly region: string;
  readonly isHealthy: boolean;
  /** Epoch ms: since when it is so. */
  readonly since: number;
  /** What `/readyz` says, or that nothing answered. */
  readonly reasons: readonly string[];
}

export interface RegionHealthOptions {
  readonly clock: Clock;
  /** A Region became healthy, or is so no more. */
  readonly onChange: (report: RegionHealthReport) => void;
}

interface Entry {
  region: string;
  port: number;
  isHealthy: boolean;
  since: number;
  reasons: readonly string[];
  failures: number;
}

const INTERVAL_MS = 300;
const TIMEOUT_MS = 600;
/** An answer that says no counts at once; silence must come twice: half a second after the first, together within two seconds. */
const SILENCES = 2;

/** Asks every Region's gateway again and again whether it is ready. */
export class RegionHealth {
  readonly #options: RegionHealthOptions;
  readonly #entries = new Map<string, Entry>();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: RegionHealthOptions) {
    this.#options = options;
  }

  /** Where Regions are from now on. One whose port changed has to prove itself. */
  setRegions(regions: readonly EdgeRegion[]): void {
    for (const { region, port } of regions) {
      const known = this.#entries.get(region);
      if (known?.port === port) continue;
      const entry = known ?? { ...this.#fresh(region), port };
      this.#entries.set(region, entry);
      entry.port = port;
      this.#set(entry, false, ["starting"]);
      void this.#ask(entry);
    }
  }

  start(): void {
    for (const entry of this.#entries.values()) void this.#ask(entry);
    this.#timer = this.#options.clock.schedule(INTERVAL_MS, () => this.start());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  get reports(): readonly RegionHealthReport[] {
    return [...this.#entries.values()].map(({ region, isHealthy, since, reasons }) => ({
      region,
      isHealthy,
      since,
      reasons,
    }));
  }

  portOf(region: string): number {
    return this.#entries.get(region)?.port ?? 0;
  }

  /** A connection to the Region was refused: nobody is there, whatever the last check said. */
  noteRefused(region: string): void {
    const entry = this.#entries.get(region);
    if (entry !== undefined) this.#set(entry, false, ["refused"]);
  }

  async #ask(entry: Entry): Promise<void> {
    const { port } = entry;
    if (port === 0) return;
    const { answer, reasons } = await askReady(port);
    if (this.#isStopped || entry.port !== port) return;
    if (answer === "silent" && ++entry.failures < SILENCES) return;
    if (answer !== "silent") entry.failures = 0;
    this.#set(entry, answer === "ready", reasons);
  }

  #set(entry: Entry, isHealthy: boolean, reasons: readonly string[]): void {
    const hasChanged = entry.isHealthy !== isHealthy;
    entry.isHealthy = isHealthy;
    entry.reasons = reasons;
    if (!hasChanged) return;
    entry.since = this.#options.clock.now();
    const { region, since } = entry;
    this.#options.onChange({ region, isHealthy, since, reasons });
  }

  #fresh(region: string): Entry {
    const since = this.#options.clock.now();
    return { region, port: 0, isHealthy: false, since, reasons: ["starting"], failures: 0 };
  }
}

interface ReadyAnswer {
  readonly answer: "ready" | "not-ready" | "silent";
  readonly reasons: readonly string[];
}

function askReady(port: number): Promise<ReadyAnswer> {
  return new Promise((resolve) => {
    const asking = request({ host: "127.0.0.1", port, path: "/readyz", agent: false, timeout: TIMEOUT_MS });
    asking.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("end", () => {
        const answer = response.statusCode === 200 ? "ready" : "not-ready";
        resolve({ answer, reasons: reasonsOf(text) });
      });
      response.once("error", () => resolve({ answer: "silent", reasons: ["no-answer"] }));
    });
    asking.once("timeout", () => asking.destroy(new Error("no answer in time")));
    asking.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve({ answer: "not-ready", reasons: ["refused"] });
      else resolve({ answer: "silent", reasons: ["no-answer"] });
    });
    asking.end();
  });
}

function reasonsOf(text: string): readonly string[] {
  try {
    const { reasons } = JSON.parse(text) as { reasons?: unknown };
    return Array.isArray(reasons) ? reasons.map(String) : [];
  } catch {
    return [];
  }
}
