import { textFrame } from "#shared/protocol/web-socket-frames.ts";
import { eventInMicroseconds, type TimeUnit } from "../time-unit.ts";

/** One who follows streams. */
export interface StreamFollower {
  /** Whether messages are wrapped in `{stream, data}`. */
  readonly isCombined: boolean;
  readonly timeUnit: TimeUnit;
  send(frame: Buffer): void;
  /** What it was told stands no more: it has to begin anew. */
  restart(): void;
}

/** Who follows which stream. A message is written once in each unit of time, however many hear it. */
export class StreamHub {
  readonly #followers = new Map<string, Map<StreamFollower, string>>();

  /** @param asWritten what the follower calls the stream, which is what its messages are wrapped with */
  follow(stream: string, follower: StreamFollower, asWritten: string): void {
    const followers = this.#followers.get(stream) ?? new Map<StreamFollower, string>();
    this.#followers.set(stream, followers);
    followers.set(follower, asWritten);
  }

  leave(stream: string, follower: StreamFollower): void {
    const followers = this.#followers.get(stream);
    followers?.delete(follower);
    if (followers?.size === 0) this.#followers.delete(stream);
  }

  get isEmpty(): boolean {
    return this.#followers.size === 0;
  }

  isFollowed(stream: string): boolean {
    return this.#followers.has(stream);
  }

  /** `payload` is asked for only if somebody listens. */
  tell(stream: string, payload: () => object): void {
    const followers = this.#followers.get(stream);
    if (followers === undefined) return;
    const event = payload();
    const texts = new Map<TimeUnit, string>();
    const frames = new Map<string, Buffer>();
    for (const [follower, asWritten] of followers) {
      const { isCombined, timeUnit } = follower;
      const wrap = isCombined ? asWritten : "";
      let frame = frames.get(`${timeUnit} ${wrap}`);
      if (frame === undefined) {
        const text =
          texts.get(timeUnit) ??
          JSON.stringify(timeUnit === "MICROSECOND" ? eventInMicroseconds(event) : event);
        texts.set(timeUnit, text);
        frame = textFrame(wrap === "" ? text : `{"stream":${JSON.stringify(wrap)},"data":${text}}`);
        frames.set(`${timeUnit} ${wrap}`, frame);
      }
      follower.send(frame);
    }
  }

  /** Lets all who follow one of some streams begin anew. */
  restart(concerns: (stream: string) => boolean): void {
    const concerned = new Set<StreamFollower>();
    for (const [stream, followers] of this.#followers)
      if (concerns(stream)) for (const follower of followers.keys()) concerned.add(follower);
    for (const follower of concerned) follower.restart();
  }
}
