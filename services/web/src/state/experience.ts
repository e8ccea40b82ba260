import { EXPERIENCE_LIMITS, type ExperienceReport } from "#shared/protocol/experience.ts";
import type { PageSocket } from "./connection.ts";

const TELL_MS = 30_000;
const PATH = "/meridian/v1/experience";
const { ordersMax, durationMsMax, countMax } = EXPERIENCE_LIMITS;

/** How the exchange is for this page's trader: measured here, where it is felt, and told to the gateway now and then. Nothing says who it is. */
export class Experience {
  readonly #socket: PageSocket;
  #orderMs: number[] = [];
  #unansweredOrders = 0;
  #resyncs = 0;
  #reconnects = 0;
  #scriptErrors = 0;
  #silenceMs = 0;
  #heardAt = performance.now();
  #loadMs: number | undefined;
  #hasBeenLive = false;
  #isLost = false;

  constructor(socket: PageSocket) {
    this.#socket = socket;
  }

  start(): void {
    const socket = this.#socket;
    socket.on("connect", () => {
      this.#heard();
      if (this.#isLost) this.#reconnects++;
      this.#isLost = false;
      // The clock of the page begins with its navigation.
      if (!this.#hasBeenLive) this.#loadMs = performance.now();
      this.#hasBeenLive = true;
    });
    // The page itself ends a connection to begin one for another user.
    socket.on("disconnect", (reason) => {
      this.#isLost = reason !== "io client disconnect";
    });
    // Whatever comes counts, the answers to echoes too: each connection has an engine of its own.
    socket.io.on("open", () => socket.io.engine.on("packet", () => this.#heard()));
    socket.onAnyOutgoing((event) => {
      if (event === "resync") this.#resyncs++;
    });
    const failed = () => {
      this.#scriptErrors++;
    };
    window.addEventListener("error", failed);
    window.addEventListener("unhandledrejection", failed);
    // A page that nobody looks at is slowed down by its browser: what it waits says nothing.
    document.addEventListener("visibilitychange", () => {
      this.#heardAt = performance.now();
    });
    window.addEventListener("pagehide", () => this.#tell());
    setInterval(() => this.#tell(), TELL_MS);
  }

  /** Measures an order from now on until its status is known. */
  async ofOrder<T>(order: Promise<T>, isUnanswered: (error: unknown) => boolean): Promise<T> {
    const begin = performance.now();
    const took = () => this.#orderMs.push(performance.now() - begin);
    try {
      const answer = await order;
      took();
      return answer;
    } catch (error) {
      if (isUnanswered(error)) this.#unansweredOrders++;
      else took();
      throw error;
    }
  }

  #heard(): void {
    const now = performance.now();
    if (!document.hidden) this.#silenceMs = Math.max(this.#silenceMs, now - this.#heardAt);
    this.#heardAt = now;
  }

  #tell(): void {
    // Without a gateway there is nobody to tell, and what was measured waits.
    if (!this.#socket.connected) return;
    if (!document.hidden) this.#silenceMs = Math.max(this.#silenceMs, performance.now() - this.#heardAt);
    const report: ExperienceReport = {
      orderMs: this.#orderMs.slice(-ordersMax).map(durationOf),
      unansweredOrders: countOf(this.#unansweredOrders),
      silenceMs: durationOf(this.#silenceMs),
      ...(this.#loadMs === undefined ? {} : { loadMs: durationOf(this.#loadMs) }),
      resyncs: countOf(this.#resyncs),
      reconnects: countOf(this.#reconnects),
      scriptErrors: countOf(this.#scriptErrors),
    };
    // It goes out also while the page is closed, and nobody waits for it.
    if (!navigator.sendBeacon(PATH, new Blob([JSON.stringify(report)], { type: "application/json" }))) return;
    this.#orderMs = [];
    this.#loadMs = undefined;
    this.#unansweredOrders = this.#resyncs = this.#reconnects = this.#scriptErrors = this.#silenceMs = 0;
  }
}

function durationOf(ms: number): number {
  return Math.min(durationMsMax, Math.round(ms));
}

function countOf(count: number): number {
  return Math.min(countMax, count);
}
