import type { ShardId } from "#shared/domain/ids.ts";
import { unreachable } from "#shared/domain/invariant.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";
import { NO_TRACING, type Tracing } from "#shared/telemetry/tracing.ts";
import { HELD_MAX } from "../held-fold.ts";
import type { Channel, OpenChannel } from "./channel.ts";
import { ZoneFold } from "./zone-fold.ts";
import type { FromZone, ToZone } from "./zone-messages.ts";

export interface MatchingZoneOptions {
  /** `a`, `b` */
  readonly zone: string;
  readonly clock: Clock;
  readonly open: OpenChannel<FromZone, ToZone>;
  /** The channel to the Region closed: whoever runs the zone opens another one and begins anew. */
  readonly onClose: () => void;
  readonly ringMax?: number;
  /** How often it says that it lives, ms (50): as often as the Region's process thinks. */
  readonly beatMs?: number;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
  /** Another process of the Region keeps these traces. */
  readonly onKept?: (traceIds: readonly string[]) => void;
}

/** How often a zone says that it lives, where nothing else is said. */
export const BEAT_MS = 50;

/** A matching instance: folds the tapes of a Region's shards, as the Region's process sends them. It has no store of its own. */
export class MatchingZone {
  readonly #options: MatchingZoneOptions;
  readonly #channel: Channel<FromZone>;
  readonly #folds = new Map<ShardId, ZoneFold>();
  #beat: Timer | undefined;

  constructor(options: MatchingZoneOptions) {
    this.#options = options;
    this.#channel = options.open({
      onMessage: (message) => this.#take(message),
      onClose: () => {
        this.#beat?.cancel();
        options.onClose();
      },
    });
    this.#channel.send({ t: "hello", zone: options.zone });
    this.#sendBeat();
  }

  close(): void {
    this.#channel.close();
  }

  #sendBeat(): void {
    const { clock, beatMs = BEAT_MS } = this.#options;
    this.#channel.send({ t: "beat" });
    this.#beat = clock.schedule(beatMs, () => this.#sendBeat());
  }

  #take(message: ToZone): void {
    if (message.t === "kept") {
      this.#options.onKept?.(message.traceIds);
      return;
    }
    const fold = this.#folds.get(message.shard);
    switch (message.t) {
      case "begin": {
        const { ringMax = HELD_MAX, clock, metrics = NO_METRICS, tracing = NO_TRACING } = this.#options;
        const send = (answer: FromZone) => this.#channel.send(answer);
        this.#folds.set(message.shard, new ZoneFold({ ...message, ringMax, send, clock, metrics, tracing }));
        break;
      }
      case "records":
        if (fold?.run === message.run) fold.take(message.records);
        break;
      case "publish":
        if (fold?.run === message.run) fold.publish(message.after);
        break;
      case "hush":
        fold?.hush();
        break;
      case "published":
        fold?.forget(message.seq);
        break;
      case "snapshot":
        if (fold?.run === message.run) fold.sendSnapshot();
        break;
      default:
        unreachable(message);
    }
  }
}
