import type { Socket } from "node:net";
import { FrameSplitter, frameOf } from "#shared/adapters/embedded/frames/frame-splitter.ts";
import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { LinkCondition } from "./link-conditions.ts";

export interface FramePipeOptions {
  readonly from: Socket;
  readonly to: Socket;
  /** As it is when a message enters, and again when it arrives: a cut also takes what is on its way. */
  readonly condition: () => LinkCondition;
  readonly clock: Clock;
  readonly random: Random;
}

/** So much is on its way at most; then the sender waits. */
const HELD_BYTES_MAX = 32 * 1024 * 1024;

/** Carries messages from one socket to another, whole or not at all, in order, as the condition of the way says. Ends both when either does. */
export function pipeFrames({ from, to, condition, clock, random }: FramePipeOptions): void {
  const splitter = new FrameSplitter();
  const onTheirWay: { readonly frame: Uint8Array; readonly arrival: number }[] = [];
  let held = 0;
  let lastArrival = 0;
  let timer: Timer | undefined;
  const isHeavy = () => held + to.writableLength > HELD_BYTES_MAX;
  const resume = () => {
    if (from.isPaused() && !isHeavy()) from.resume();
  };
  const arrive = () => {
    const now = clock.monotonic();
    let [next] = onTheirWay;
    while (next !== undefined && next.arrival <= now) {
      onTheirWay.shift();
      held -= next.frame.length;
      if (!condition().isCut && to.writable) to.write(frameOf(next.frame));
      next = onTheirWay[0];
    }
    resume();
    timer = next === undefined ? undefined : clock.schedule(next.arrival - now, arrive);
  };
  const enter = (frame: Uint8Array) => {
    const { isCut, delayMs, jitterMs, lossPpm } = condition();
    if (isCut || (lossPpm > 0 && random.below(1_000_000) < lossPpm)) return;
    held += frame.length;
    if (isHeavy()) from.pause();
    const jitter = jitterMs > 0 ? random.below(jitterMs * 1000) / 1000 : 0;
    // As on one connection: what was sent later does not come earlier.
    lastArrival = Math.max(lastArrival, clock.monotonic() + delayMs + jitter);
    onTheirWay.push({ frame, arrival: lastArrival });
    if (timer === undefined) arrive();
  };
  from.on("data", (chunk: Buffer) => {
    try {
      for (const frame of splitter.push(chunk)) enter(frame);
    } catch (error) {
      if (!(error instanceof DecodingError)) throw error;
      from.destroy();
    }
  });
  to.on("drain", resume);
  from.on("error", () => {});
  from.once("close", () => {
    timer?.cancel();
    to.destroy();
  });
}
