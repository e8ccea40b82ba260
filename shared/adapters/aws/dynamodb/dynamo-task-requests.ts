import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type {
  TaskAnswer,
  TaskHandlers,
  TaskReply,
  TaskRequests,
  TaskWork,
  TaskWorkKind,
} from "#shared/ports/task-requests.ts";
import type { Dynamo } from "./dynamo.ts";
import type { Condition } from "./expressions.ts";
import { numberOf, type Row, textOf } from "./row.ts";

export interface TaskRequestsOptions {
  readonly dynamo: Dynamo;
  readonly clock: Clock;
  readonly random: Random;
  /** Trouble with the table, which is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

/** How often who works looks, and who waits for an answer. */
const SERVE_MS = 1000;
const LOOK_MS = 250;
/** An answer that nobody has heard is kept for who asks again for the same. */
const KEPT_MS = 5 * 60_000;

/** Which task does what. Each looks at one item, however many shards and kinds there are. */
type Task = "publisher" | "reconciliation";
const TASK_OF: Readonly<Record<TaskWorkKind, Task>> = {
  promote: "publisher",
  takeSnapshot: "publisher",
  digests: "publisher",
  digestAt: "publisher",
  replay: "publisher",
  rebuildProjections: "reconciliation",
};

/** Opens the requests of a Region, in its table: of each shard and kind the newest takes the place of the one before. */
export function openDynamoTaskRequests(options: TaskRequestsOptions): TaskRequests {
  return new DynamoTaskRequests(options);
}

class DynamoTaskRequests implements TaskRequests {
  readonly #options: TaskRequestsOptions;

  constructor(options: TaskRequestsOptions) {
    this.#options = options;
  }

  async ask<K extends TaskWorkKind>(
    kind: K,
    shard: ShardId,
    asked: TaskWork[K]["asked"],
    withinMs: number,
  ): Promise<TaskReply<TaskWork[K]["answer"]>> {
    const { dynamo, clock } = this.#options;
    const until = clock.monotonic() + withinMs;
    const text = (await this.#joined(kind, shard, asked)) ?? (await this.#put(kind, shard, asked));
    const { id } = requestOf(text);
    while (clock.monotonic() < until) {
      await this.#pause(LOOK_MS);
      const told = await dynamo.get("memory", answerKey(kind, shard));
      if (told?.id === id) {
        await dynamo.update("memory", answerKey(kind, shard), {
          set: { heard: true },
          condition: isStill(id),
        });
        return JSON.parse(textOf(told, "reply")) as TaskReply<TaskWork[K]["answer"]>;
      }
      const row = await dynamo.get("memory", requestKey(kind));
      if (row?.[attributeOf(kind, shard)] !== text) return { outcome: "unanswered" };
    }
    // Nobody is to begin what nobody waits for. Where that comes too late, somebody is at it.
    const [asking, taken] = [attributeOf(kind, shard), takenOf(kind, shard)];
    const withdrawn = await dynamo.update("memory", requestKey(kind), {
      set: { [asking]: "" },
      condition: { expression: `#${asking} = :asked AND #${taken} <> :id`, values: { asked: text, id } },
    });
    return { outcome: withdrawn.ok ? "unanswered" : "under-way" };
  }

  async serve(shards: readonly ShardId[], handlers: TaskHandlers): Promise<{ cancel(): void }> {
    const { clock, onTrouble } = this.#options;
    const kinds = (Object.keys(handlers) as TaskWorkKind[]).filter((kind) => handlers[kind] !== undefined);
    const tasks = new Set(kinds.map((kind) => TASK_OF[kind]));
    /** By shard and kind the request that was seen last, and what is being done. */
    const known = new Map<string, string>();
    const busy = new Set<string>();
    let timer: Timer | undefined;
    let isCanceled = false;
    const lookAt = async (kind: TaskWorkKind, shard: ShardId, row: Row | undefined) => {
      const name = attributeOf(kind, shard);
      if (busy.has(name)) return;
      const asked = row?.[name];
      const text = typeof asked === "string" ? asked : "";
      const before = known.get(name);
      known.set(name, text);
      if (text === "" || text === before) return;
      if (before === undefined) {
        await this.#endWithout(kind, shard, text);
        return;
      }
      busy.add(name);
      void this.#do(kind, shard, text, handlers)
        .catch(onTrouble)
        .finally(() => busy.delete(name));
    };
    const lookAtAll = async (task: Task) => {
      const row = await this.#options.dynamo.get("memory", itemKey(task));
      for (const kind of kinds)
        if (TASK_OF[kind] === task)
          for (const shard of shards) await lookAt(kind, shard, row).catch(onTrouble);
    };
    const look = async () => {
      for (const task of tasks) await lookAtAll(task).catch(onTrouble);
      if (!isCanceled) timer = clock.schedule(SERVE_MS, () => void look());
    };
    await look();
    return {
      cancel: () => {
        isCanceled = true;
        timer?.cancel();
      },
    };
  }

  /** The same that was asked for before and is being done, or is done and was heard by nobody. */
  async #joined(kind: TaskWorkKind, shard: ShardId, asked: object): Promise<string | undefined> {
    const { dynamo, clock } = this.#options;
    const row = await dynamo.get("memory", requestKey(kind));
    const text = row?.[attributeOf(kind, shard)];
    if (row === undefined || typeof text !== "string" || text === "") return undefined;
    const request = requestOf(text);
    if (row[takenOf(kind, shard)] !== request.id || JSON.stringify(request.asked) !== JSON.stringify(asked))
      return undefined;
    const told = await dynamo.get("memory", answerKey(kind, shard));
    if (told?.id !== request.id) return text;
    const isFresh = told.heard !== true && clock.now() - numberOf(told, "at") < KEPT_MS;
    return isFresh ? text : undefined;
  }

  async #put(kind: TaskWorkKind, shard: ShardId, asked: object): Promise<string> {
    const id = Buffer.from(this.#options.random.bytes(8)).toString("hex");
    const text = JSON.stringify({ id, asked });
    await this.#options.dynamo.update("memory", requestKey(kind), {
      set: { [attributeOf(kind, shard)]: text, [takenOf(kind, shard)]: "" },
    });
    return text;
  }

  async #do(kind: TaskWorkKind, shard: ShardId, text: string, handlers: TaskHandlers): Promise<void> {
    const { id, asked } = requestOf(text);
    const taken = await this.#options.dynamo.update("memory", requestKey(kind), {
      set: { [takenOf(kind, shard)]: id },
      condition: { expression: `#${attributeOf(kind, shard)} = :asked`, values: { asked: text } },
    });
    if (!taken.ok) return;
    const handle = handlers[kind] as (shard: ShardId, asked: object) => Promise<TaskAnswer<unknown>>;
    const answer = await handle(shard, asked).catch((error: unknown): TaskAnswer<unknown> => {
      this.#options.onTrouble(error);
      return { outcome: "refused", why: "the task that does it met an error, which its log has" };
    });
    await this.#tell(kind, shard, id, answer);
  }

  /** Of a request that this task does not take up: of the one that it took the place of, or of nobody. */
  async #endWithout(kind: TaskWorkKind, shard: ShardId, text: string): Promise<void> {
    const { id } = requestOf(text);
    const told = await this.#options.dynamo.get("memory", answerKey(kind, shard));
    if (told?.id !== id) await this.#tell(kind, shard, id, { outcome: "unanswered" });
  }

  async #tell(kind: TaskWorkKind, shard: ShardId, id: string, reply: TaskReply<unknown>): Promise<void> {
    const { dynamo, clock } = this.#options;
    const row = { id, reply: JSON.stringify(reply), at: clock.now(), heard: false };
    await dynamo.put("memory", { ...answerKey(kind, shard), ...row });
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.schedule(delayMs, resolve));
  }
}

function requestOf(text: string): { readonly id: string; readonly asked: object } {
  return JSON.parse(text) as { id: string; asked: object };
}

/** The attribute that holds what was asked last of a kind and shard. */
function attributeOf(kind: TaskWorkKind, shard: ShardId): string {
  return `${kind}_${shard.replaceAll(/[^a-z0-9]/gi, "_")}`;
}

/** The attribute that holds the id of the request that somebody is at. */
function takenOf(kind: TaskWorkKind, shard: ShardId): string {
  return `${attributeOf(kind, shard)}_taken`;
}

function isStill(id: string): Condition {
  return { expression: "#id = :asked", values: { asked: id } };
}

function itemKey(task: Task): Row {
  return { pk: `ASK#${task}` };
}

function requestKey(kind: TaskWorkKind): Row {
  return itemKey(TASK_OF[kind]);
}

/** Answers stand beside the item that is looked at each second. */
function answerKey(kind: TaskWorkKind, shard: ShardId): Row {
  return { pk: `TOLD#${kind}#${shard}` };
}
