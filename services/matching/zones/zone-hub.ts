import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Channel, OpenChannel } from "./channel.ts";
import { BEAT_MS } from "./matching-zone.ts";
import type { FromZone, ToZone } from "./zone-messages.ts";

/** A matching instance as its Region's process sees it. */
export interface ConnectedZone {
  /** `a`, `b` */
  readonly zone: string;
  readonly channel: Channel<ToZone>;
}

/** What one shard does with the zones. */
export interface ZoneShard {
  onZone(zone: ConnectedZone): void;
  onMessage(zone: ConnectedZone, message: ShardMessage): void;
  onGone(zone: ConnectedZone): void;
  /** Another zone publishes from now on; `undefined` while there is none. */
  onActive(active: ConnectedZone | undefined): void;
}

export type ShardMessage = Extract<FromZone, { readonly shard: ShardId }>;

export interface ZoneHubOptions {
  readonly clock: Clock;
  /** How often a zone says that it lives, ms (50). */
  readonly beatMs?: number;
  /** `closed` or `silent`: why `from` publishes no more. */
  readonly onFailover?: (change: {
    readonly from: string;
    readonly to: string | undefined;
    readonly reason: "closed" | "silent";
  }) => void;
}

interface Entry extends ConnectedZone {
  lastBeat: number;
}

/** A zone of which so many beats are missing publishes no more, if another one speaks. */
const SILENT_BEATS = 6;

/** The zones of a Region: which are there, and which one publishes. The first that comes does, until it goes or falls silent. */
export class ZoneHub {
  readonly #options: ZoneHubOptions;
  readonly #beatMs: number;
  readonly #shards = new Map<ShardId, ZoneShard>();
  readonly #zones = new Set<Entry>();
  readonly #channels = new Set<Channel<ToZone>>();
  #active: Entry | undefined;
  #watch: Timer | undefined;
  #lastLook: number;

  constructor(options: ZoneHubOptions) {
    this.#options = options;
    this.#beatMs = options.beatMs ?? BEAT_MS;
    this.#lastLook = options.clock.monotonic();
    this.#schedule();
  }

  get zones(): readonly { readonly zone: string; readonly isActive: boolean }[] {
    return [...this.#zones].map((entry) => ({ zone: entry.zone, isActive: entry === this.#active }));
  }

  /** A zone comes over a new channel. Its first message says which it is. */
  accept(open: OpenChannel<ToZone, FromZone>): void {
    let entry: Entry | undefined;
    const channel = open({
      onMessage: (message) => {
        if (message.t === "hello") {
          if (entry !== undefined) return;
          entry = { zone: message.zone, channel, lastBeat: this.#options.clock.monotonic() };
          this.#add(entry);
          return;
        }
        if (entry === undefined) return;
        entry.lastBeat = this.#options.clock.monotonic();
        if (message.t !== "beat") this.#shards.get(message.shard)?.onMessage(entry, message);
      },
      onClose: () => {
        this.#channels.delete(channel);
        if (entry !== undefined) this.#remove(entry);
      },
    });
    this.#channels.add(channel);
  }

  register(id: ShardId, shard: ZoneShard): void {
    this.#shards.set(id, shard);
    for (const zone of this.#zones) shard.onZone(zone);
    if (this.#active !== undefined) shard.onActive(this.#active);
  }

  unregister(id: ShardId): void {
    this.#shards.delete(id);
  }

  /** Tells every zone. */
  broadcast(message: ToZone): void {
    for (const { channel } of this.#zones) channel.send(message);
  }

  close(): void {
    this.#watch?.cancel();
    for (const channel of this.#channels) channel.close();
  }

  #add(entry: Entry): void {
    // Its predecessor died and nobody has noticed yet.
    for (const old of this.#zones) if (old.zone === entry.zone) old.channel.close();
    this.#zones.add(entry);
    for (const shard of this.#shards.values()) shard.onZone(entry);
    if (this.#active === undefined) this.#activate(entry);
  }

  #remove(entry: Entry): void {
    this.#zones.delete(entry);
    for (const shard of this.#shards.values()) shard.onGone(entry);
    if (entry === this.#active) this.#failOver("closed");
  }

  #failOver(reason: "closed" | "silent"): void {
    const from = this.#active;
    const [next] = [...this.#zones]
      .filter((zone) => zone !== from)
      .toSorted((a, b) => b.lastBeat - a.lastBeat);
    if (from !== undefined) this.#options.onFailover?.({ from: from.zone, to: next?.zone, reason });
    this.#activate(next);
  }

  #activate(entry: Entry | undefined): void {
    this.#active = entry;
    for (const shard of this.#shards.values()) shard.onActive(entry);
  }

  #schedule(): void {
    this.#watch = this.#options.clock.schedule(this.#beatMs, () => {
      this.#look();
      this.#schedule();
    });
  }

  #look(): void {
    const now = this.#options.clock.monotonic();
    const silentMs = SILENT_BEATS * this.#beatMs;
    // This process itself stood still: beats wait unread, and nobody is to blame yet.
    const hasStalled = now - this.#lastLook > silentMs / 2;
    this.#lastLook = now;
    if (hasStalled || this.#active === undefined) return;
    const isSilent = ({ lastBeat }: Entry) => now - lastBeat > silentMs;
    if (!isSilent(this.#active)) return;
    if ([...this.#zones].some((zone) => !isSilent(zone))) this.#failOver("silent");
  }
}
