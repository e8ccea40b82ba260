import type { RegionId } from "#shared/domain/ids.ts";
import { linkFrameOf } from "#shared/protocol/link-frames.ts";
import type { WireValue } from "#shared/protocol/wire-value.ts";
import type { FrameConnection } from "../frames/frame-connection.ts";

export type AnyHandler = (from: RegionId, request: unknown) => Promise<unknown>;

/** Requests of all peers together that are worked on at once; more are dropped, as a network would. */
const HANDLING_MAX = 2000;
/** A peer that takes its answers so slowly is cut off. */
const BUFFERED_BYTES_MAX = 64 * 1024 * 1024;

/** Answers what peers ask. A handler's error stays here: the asker only hears that there is no answer. */
export class LinkAnswerer {
  readonly #handlers: ReadonlyMap<string, AnyHandler>;
  readonly #onFailure: (kind: string, error: unknown) => void;
  #handling = 0;

  constructor(handlers: ReadonlyMap<string, AnyHandler>, onFailure: (kind: string, error: unknown) => void) {
    this.#handlers = handlers;
    this.#onFailure = onFailure;
  }

  /** One message of a peer. What is no request closes the connection. */
  take(value: WireValue, connection: FrameConnection): void {
    const frame = linkFrameOf(value);
    if (frame?.t !== "ask") {
      connection.close();
      return;
    }
    if (this.#handling >= HANDLING_MAX) return;
    void this.#answer(frame, connection);
  }

  async #answer(
    { id, from, kind, body }: { id: number; from: string; kind: string; body: WireValue },
    connection: FrameConnection,
  ): Promise<void> {
    this.#handling++;
    try {
      const handler = this.#handlers.get(kind);
      if (handler === undefined) connection.send({ t: "none", id });
      else connection.send({ t: "answer", id, body: await handler(from as RegionId, body) });
    } catch (error) {
      connection.send({ t: "none", id });
      this.#onFailure(kind, error);
    } finally {
      this.#handling--;
    }
    if (connection.bufferedBytes > BUFFERED_BYTES_MAX) connection.close();
  }
}
