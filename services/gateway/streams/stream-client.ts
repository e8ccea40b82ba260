import { textFrame } from "#shared/protocol/web-socket-frames.ts";
import { eventInMicroseconds, type TimeUnit } from "../time-unit.ts";
import type { MarketsView } from "../views/region-view.ts";
import type { StreamFollower, StreamHub } from "./stream-hub.ts";
import { parseStreamName, streamText } from "./stream-name.ts";
import { answerStreamRequest, StreamRefusal, type StreamSession } from "./stream-requests.ts";

export interface StreamClientDependencies {
  readonly hub: StreamHub;
  readonly view: Pick<MarketsView, "market">;
  readonly streamsMax: number;
  readonly timeUnit: TimeUnit;
  /** It follows a stream from now on. */
  readonly onFollowed: (stream: string) => void;
  readonly connection: { send(frame: Buffer): void; restart(): void };
}

/** One connection to `/ws` or `/stream`: what it follows, and what it asks. */
export class StreamClient implements StreamFollower, StreamSession {
  readonly #dependencies: StreamClientDependencies;
  /** By the stream, as the client wrote it. */
  readonly #streams = new Map<string, string>();
  isCombined: boolean;

  constructor(isCombined: boolean, dependencies: StreamClientDependencies) {
    this.isCombined = isCombined;
    this.#dependencies = dependencies;
  }

  get timeUnit(): TimeUnit {
    return this.#dependencies.timeUnit;
  }

  get streams(): readonly string[] {
    return [...this.#streams.values()];
  }

  send(frame: Buffer): void {
    this.#dependencies.connection.send(frame);
  }

  restart(): void {
    this.#dependencies.connection.restart();
  }

  /** Tells it of something that is on no stream that it follows. */
  tell(stream: string, event: object): void {
    const data = this.timeUnit === "MICROSECOND" ? eventInMicroseconds(event) : event;
    this.send(textFrame(JSON.stringify(this.isCombined ? { stream, data } : data)));
  }

  /** Answers a message of the client. */
  answer(text: string): void {
    this.send(textFrame(JSON.stringify(answerStreamRequest(this, text))));
  }

  /** All of them or none. Throws `StreamRefusal`. */
  subscribe(names: readonly string[]): void {
    const wanted = names.map((written) => ({ written, stream: this.#streamOf(written) }));
    const { hub, streamsMax, onFollowed } = this.#dependencies;
    const count = new Set([...this.#streams.keys(), ...wanted.map(({ stream }) => stream)]).size;
    if (count > streamsMax) throw new StreamRefusal(2, "Invalid request: too many streams");
    for (const { written, stream } of wanted) {
      this.#streams.set(stream, written);
      hub.follow(stream, this, written);
      onFollowed(stream);
    }
  }

  /** What is not followed is passed over, as on Binance. */
  unsubscribe(names: readonly string[]): void {
    for (const written of names) {
      const name = parseStreamName(written);
      if (name === undefined) continue;
      this.#streams.delete(streamText(name));
      this.#dependencies.hub.leave(streamText(name), this);
    }
  }

  leave(): void {
    for (const stream of this.#streams.keys()) this.#dependencies.hub.leave(stream, this);
    this.#streams.clear();
  }

  #streamOf(written: string): string {
    const name = parseStreamName(written);
    const isThere =
      name !== undefined &&
      (!("market" in name) || this.#dependencies.view.market(name.market) !== undefined);
    if (!isThere) throw new StreamRefusal(2, `Invalid request: unknown stream ${written.slice(0, 60)}`);
    return streamText(name);
  }
}
