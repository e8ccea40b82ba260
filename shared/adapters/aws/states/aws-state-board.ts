import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { StateBoard } from "#shared/ports/state-board.ts";
import type { RegionState } from "#shared/protocol/region-state.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { textOf } from "../dynamodb/row.ts";
import { connectRedis, type RedisOptions } from "../redis/redis-connection.ts";

export interface AwsStateBoardOptions {
  /** None for a task that hears by the table alone. */
  readonly redis?: RedisOptions | undefined;
  /** Before the channel's name. */
  readonly prefix: string;
  /** For who tells: which shards are published together, by a name that no others of the Region have. */
  readonly group?: string;
  readonly dynamo: Dynamo;
  readonly clock: Clock;
  /** Trouble with the table, which is tried again. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/** The newest is kept so often at most, but a new route at once. */
const KEEP_MS = 1500;
/** How often the table is looked at by who has heard nothing for so long. */
const LOOK_MS = 1000;
const SILENCE_MS = 1200;

/** A Region's states over Redis, and the newest of each group of shards in one item of its table, for who starts or whose Redis is away. */
export function openAwsStateBoard(options: AwsStateBoardOptions): StateBoard {
  return new AwsStateBoard(options);
}

class AwsStateBoard implements StateBoard {
  readonly #options: AwsStateBoardOptions;
  readonly #publisher: ReturnType<typeof connectRedis> | undefined;
  readonly #listening = new Set<{ cancel(): void }>();
  #isClosed = false;
  #kept: { readonly at: number; readonly routes: string } | undefined;
  #newest: RegionState | undefined;
  #keeping: Promise<void> | undefined;

  constructor(options: AwsStateBoardOptions) {
    this.#options = options;
    this.#publisher = options.redis === undefined ? undefined : connectRedis(options.redis, "fail");
  }

  tell(state: RegionState): void {
    if (this.#publisher?.status === "ready")
      this.#publisher.publish(channelOf(this.#options.prefix), JSON.stringify(state)).catch(() => {});
    this.#newest = state;
    this.#keepIfDue();
  }

  listen(onState: (state: RegionState) => void) {
    const { clock, redis, prefix, onTrouble } = this.#options;
    let heardAt = Number.NEGATIVE_INFINITY;
    let timer: Timer | undefined;
    let isCanceled = false;
    const hear = (text: string) => onState(JSON.parse(text) as RegionState);
    const subscriber = redis === undefined ? undefined : connectRedis(redis, "stay");
    if (subscriber !== undefined) {
      subscriber.on("message", (_channel: string, text: string) => {
        heardAt = clock.monotonic();
        hear(text);
      });
      subscriber.subscribe(channelOf(prefix)).catch(() => {});
    }
    const look = async () => {
      if (clock.monotonic() - heardAt > SILENCE_MS) {
        try {
          for (const text of await this.#read()) if (!isCanceled) hear(text);
        } catch (error) {
          onTrouble?.(error);
        }
      }
      if (isCanceled || this.#isClosed) return;
      timer = clock.schedule(LOOK_MS, () => void look());
    };
    void look();
    const listening = {
      cancel: () => {
        isCanceled = true;
        timer?.cancel();
        subscriber?.disconnect();
        this.#listening.delete(listening);
      },
    };
    this.#listening.add(listening);
    return listening;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const listening of [...this.#listening]) listening.cancel();
    this.#publisher?.disconnect();
    await this.#keeping;
  }

  /** What is kept of every group. */
  async #read(): Promise<string[]> {
    const row = (await this.#options.dynamo.get("memory", KEY)) ?? {};
    return Object.keys(row).flatMap((name) => (name.startsWith(ATTRIBUTE) ? [textOf(row, name)] : []));
  }

  /** One write at a time; what is told meanwhile is in the next. */
  #keepIfDue(): void {
    const { clock, dynamo, group, onTrouble } = this.#options;
    const state = this.#newest;
    if (state === undefined || group === undefined || this.#keeping !== undefined || this.#isClosed) return;
    const routes = JSON.stringify(state.shards.map(({ route, lineage }) => [route, lineage.length]));
    const now = clock.monotonic();
    if (this.#kept !== undefined && this.#kept.routes === routes && now - this.#kept.at < KEEP_MS) return;
    this.#kept = { at: now, routes };
    this.#keeping = dynamo
      .update("memory", KEY, { set: { [attributeOf(group)]: JSON.stringify(state) } })
      .then(
        () => {},
        (error: unknown) => onTrouble?.(error),
      )
      .finally(() => {
        this.#keeping = undefined;
      });
  }
}

function channelOf(prefix: string): string {
  return `${prefix}:states`;
}

const KEY = { pk: "STATES" };
const ATTRIBUTE = "group_";

function attributeOf(group: string): string {
  return `${ATTRIBUTE}${group.replaceAll(/[^a-z0-9]/gi, "_")}`;
}
