import { CLICK_LIMITS, type ClickResult, type ToldClick } from "#shared/protocol/clicks.ts";
import { newTraceparent } from "./traceparent.ts";

const PATH = "/meridian/v1/clicks";
/** Several that end together are told together; and soon: the exchange does not hold a trace for long. */
const TELL_MS = 500;
const { clicksMax, tookMsMax, endedMsAgoMax } = CLICK_LIMITS;

/** A click with which a trace begins, and which is the trace's first span. */
export interface Click {
  /** Sent with what the click sends. */
  readonly traceparent: string;
  /** Noted when an answer said that the exchange traces it: nobody else is told of it. */
  isTraced: boolean;
}

/** Measures clicks, and tells the gateway of those that it traces. */
export class Clicks {
  #ended: { readonly told: Omit<ToldClick, "endedMsAgo">; readonly at: number }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    window.addEventListener("pagehide", () => this.#tell());
  }

  /** Does what a click asks for, and measures it until that is answered. */
  async measure<T>(
    work: (click: Click) => Promise<T>,
    resultOf: (error: unknown) => ClickResult,
  ): Promise<T> {
    const click: Click = { traceparent: newTraceparent(), isTraced: false };
    const begin = performance.now();
    let result: ClickResult = "answered";
    try {
      return await work(click);
    } catch (error) {
      result = resultOf(error);
      throw error;
    } finally {
      if (click.isTraced) this.#end(click, begin, result);
    }
  }

  #end({ traceparent }: Click, begin: number, result: ClickResult): void {
    const at = performance.now();
    const told = { traceparent, tookMs: Math.min(tookMsMax, Math.round(at - begin)), result };
    // The oldest are left out where a page clicks faster than it may tell.
    this.#ended = [...this.#ended, { told, at }].slice(-clicksMax);
    this.#timer ??= setTimeout(() => this.#tell(), TELL_MS);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#ended.length === 0) return;
    const now = performance.now();
    const clicks = this.#ended.map(
      ({ told, at }): ToldClick => ({ ...told, endedMsAgo: Math.min(endedMsAgoMax, Math.round(now - at)) }),
    );
    this.#ended = [];
    // It goes out also while the page is closed, and nobody waits for it.
    navigator.sendBeacon(PATH, new Blob([JSON.stringify({ clicks })], { type: "application/json" }));
  }
}
