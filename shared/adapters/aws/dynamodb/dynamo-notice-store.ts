import type { AccountId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type {
  NewNotice,
  Notice,
  NoticeChannel,
  NoticeStore,
  NoticeSubscription,
} from "#shared/ports/notice-store.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { EventName } from "#shared/protocol/bus/event-name.ts";
import type { Dynamo, TransactionPart } from "./dynamo.ts";
import { isAtVersion } from "./expressions.ts";
import { numberOf, type Row, sortable, textOf } from "./row.ts";

export interface DynamoNoticeStoreOptions {
  readonly dynamo: Dynamo;
  /** Notices that may wait for one subscription. */
  readonly waitingMax?: number;
}

/** Others write a subscription's notices all the time. */
export class NoticesBusy extends OperatingError {
  override readonly name = "NoticesBusy";
}

const WAITING_MAX = 10_000;
const SUBSCRIPTIONS_MAX = 1000;
/** Names are known for longer than any queue keeps a message: it brings none of them again. */
const REMEMBER_SECONDS = 15 * 24 * 60 * 60;
/** Two items a notice and the head: well below what a transaction may have. */
const ADDED_AT_ONCE = 40;
const ROUNDS_MAX = 50;
/** The hash key of the index of what waits. */
const WAITING = "1";

/**
 * Opens the Region's notices. All of a subscription stands under one key: a head, which every change replaces under its version, so that several functions may add and send at once; the notices that wait, by their places; and their names, which are
 * forgotten by themselves. A head with something to tell is found by the index `byDue`.
 */
export function openDynamoNoticeStore(options: DynamoNoticeStoreOptions): NoticeStore {
  return new DynamoNoticeStore(options.dynamo, options.waitingMax ?? WAITING_MAX);
}

/** A subscription's head. */
interface Head {
  readonly version: number;
  readonly account: number;
  /** The highest place that was given. */
  readonly last: number;
  readonly count: number;
  /** When the first of them is told, epoch ms; 0 with none. */
  readonly dueAt: number;
}

class DynamoNoticeStore implements NoticeStore {
  readonly #dynamo: Dynamo;
  readonly #waitingMax: number;

  constructor(dynamo: Dynamo, waitingMax: number) {
    this.#dynamo = dynamo;
    this.#waitingMax = waitingMax;
  }

  async subscribe(subscription: NoticeSubscription): Promise<void> {
    const { id, account, kinds } = subscription;
    await this.#inRounds(id, async () => {
      const head = await this.#head(id);
      const next = { ...(head ?? { version: 0, last: 0, count: 0, dueAt: 0 }), account };
      const row = { ...subscription, kinds: JSON.stringify(kinds), ...subscriptionKey(account, id) };
      return this.#dynamo.transact([this.#headPart(id, head, next), { table: "notices", put: row }]);
    });
  }

  async unsubscribe(account: AccountId, id: string): Promise<boolean> {
    const there = { expression: "attribute_exists(#pk)" };
    const removed = await this.#dynamo.remove("notices", subscriptionKey(account, id), there);
    if (!removed.ok) return false;
    // The head first: without it nothing is added any more.
    await this.#dynamo.remove("notices", { pk: pkOf(id), sk: HEAD });
    for (;;) {
      const rows = await this.#dynamo.query("notices", { hash: ["pk", pkOf(id)], limit: 1000 });
      if (rows.length === 0) return true;
      await this.#dynamo.removeAll(
        "notices",
        rows.map((row) => ({ pk: textOf(row, "pk"), sk: textOf(row, "sk") })),
      );
    }
  }

  async subscriptionsOf(account: AccountId): Promise<readonly NoticeSubscription[]> {
    const rows = await this.#dynamo.query("notices", {
      hash: ["pk", `ACCOUNT#${account}`],
      limit: SUBSCRIPTIONS_MAX,
    });
    return rows.map(subscriptionOf);
  }

  async add(notices: readonly NewNotice[], now: number): Promise<number> {
    const each = new Map<string, NewNotice[]>();
    for (const notice of notices)
      each.set(notice.subscription, [...(each.get(notice.subscription) ?? []), notice]);
    let added = 0;
    for (const [id, own] of each)
      for (let at = 0; at < own.length; at += ADDED_AT_ONCE)
        added += await this.#addTo(id, own.slice(at, at + ADDED_AT_ONCE), now);
    return added;
  }

  async due(now: number, limit: number, holdMs: number): Promise<readonly Notice[]> {
    const keys = await this.#dynamo.query("notices", {
      index: "byDue",
      hash: ["waiting", WAITING],
      range: { name: "dueAt", to: now },
      limit,
    });
    const given = await Promise.all(
      keys.map((key) => this.#take(textOf(key, "pk").slice(PREFIX.length), now, holdMs)),
    );
    return given.filter((notice) => notice !== undefined);
  }

  async settle({ subscription, name }: Notice): Promise<void> {
    await this.#inRounds(subscription, async () => {
      const [head, place] = await Promise.all([this.#head(subscription), this.#placeOf(subscription, name)]);
      if (head === undefined || place === undefined) return true;
      const key = noticeKey(subscription, place);
      if ((await this.#dynamo.get("notices", key)) === undefined) return true;
      const count = head.count - 1;
      // Whatever is behind it has waited long enough.
      const next = { ...head, count, dueAt: 0 };
      return this.#dynamo.transact([
        this.#headPart(subscription, head, next),
        { table: "notices", remove: key },
      ]);
    });
  }

  async postpone({ subscription, name }: Notice, dueAt: number): Promise<void> {
    await this.#inRounds(subscription, async () => {
      const [head, place] = await Promise.all([this.#head(subscription), this.#placeOf(subscription, name)]);
      if (head === undefined || place === undefined) return true;
      const row = await this.#dynamo.get("notices", noticeKey(subscription, place));
      if (row === undefined) return true;
      return this.#dynamo.transact([
        this.#headPart(subscription, head, { ...head, dueAt }),
        { table: "notices", put: { ...row, attempts: numberOf(row, "attempts") + 1 } },
      ]);
    });
  }

  async close(): Promise<void> {}

  async #addTo(id: string, notices: readonly NewNotice[], now: number): Promise<number> {
    const byName = new Map(notices.map((notice) => [notice.name, notice]));
    let added = 0;
    await this.#inRounds(id, async () => {
      added = 0;
      const head = await this.#head(id);
      // It was deleted meanwhile.
      if (head === undefined) return true;
      const known = await this.#dynamo.getAll(
        "notices",
        [...byName.keys()].map((name) => nameKey(id, name)),
      );
      const names = new Set(known.map((row) => textOf(row, "sk")));
      const fresh = [...byName.values()]
        .filter(({ name }) => !names.has(nameKey(id, name).sk))
        .slice(0, Math.max(0, this.#waitingMax - head.count));
      if (fresh.length === 0) return true;
      added = fresh.length;
      const next = {
        ...head,
        last: head.last + fresh.length,
        count: head.count + fresh.length,
        dueAt: head.count === 0 ? now : head.dueAt,
      };
      const expiresAt = Math.floor(now / 1000) + REMEMBER_SECONDS;
      return this.#dynamo.transact([
        this.#headPart(id, head, next),
        ...fresh.flatMap(({ name, body }, at): TransactionPart[] => {
          const place = head.last + at + 1;
          return [
            { table: "notices", put: { ...nameKey(id, name), place, expiresAt } },
            { table: "notices", put: { ...noticeKey(id, place), name, body, attempts: 0 } },
          ];
        }),
      ]);
    });
    return added;
  }

  /** The first notice of a subscription, held back from others; none if somebody else has it. */
  async #take(id: string, now: number, holdMs: number): Promise<Notice | undefined> {
    const head = await this.#head(id);
    // The index follows its table by a moment.
    if (head === undefined || head.count === 0 || head.dueAt > now) return undefined;
    const [subscription, [row]] = await Promise.all([
      this.#dynamo.get("notices", subscriptionKey(head.account as AccountId, id)),
      this.#dynamo.query("notices", {
        hash: ["pk", pkOf(id)],
        range: { name: "sk", from: noticeKey(id, 1).sk, to: noticeKey(id, head.last).sk },
        limit: 1,
      }),
    ]);
    if (subscription === undefined || row === undefined) return undefined;
    if (holdMs > 0) {
      const held = this.#headPart(id, head, { ...head, dueAt: now + holdMs });
      if (!(await this.#dynamo.transact([held]))) return undefined;
    }
    return {
      subscription: id,
      name: textOf(row, "name") as EventName,
      body: textOf(row, "body"),
      attempts: numberOf(row, "attempts"),
      to: subscriptionOf(subscription),
    };
  }

  async #head(id: string): Promise<Head | undefined> {
    const row = await this.#dynamo.get("notices", { pk: pkOf(id), sk: HEAD });
    if (row === undefined) return undefined;
    return {
      version: numberOf(row, "version"),
      account: numberOf(row, "account"),
      last: numberOf(row, "last"),
      count: numberOf(row, "count"),
      dueAt: row.dueAt === undefined ? 0 : numberOf(row, "dueAt"),
    };
  }

  async #placeOf(id: string, name: EventName): Promise<number | undefined> {
    const row = await this.#dynamo.get("notices", nameKey(id, name));
    return row && numberOf(row, "place");
  }

  #headPart(id: string, before: Head | undefined, { dueAt, ...next }: Head): TransactionPart {
    assert(next.count >= 0, "no fewer notices than none");
    const version = (before?.version ?? 0) + 1;
    const found = next.count === 0 ? {} : { waiting: WAITING, dueAt };
    return {
      table: "notices",
      put: { pk: pkOf(id), sk: HEAD, ...next, ...found, version },
      condition: isAtVersion(before?.version ?? 0),
    };
  }

  /** Until nobody came between reading and writing. */
  async #inRounds(id: string, round: () => Promise<boolean>): Promise<void> {
    for (let at = 0; at < ROUNDS_MAX; at++) if (await round()) return;
    throw new NoticesBusy(`The notices of the subscription ${id} are written by others all the time.`);
  }
}

const PREFIX = "SUBSCRIPTION#";
const HEAD = "HEAD";

function pkOf(id: string): string {
  return `${PREFIX}${id}`;
}

function subscriptionKey(account: AccountId, id: string) {
  return { pk: `ACCOUNT#${account}`, sk: pkOf(id) };
}

function noticeKey(id: string, place: number) {
  return { pk: pkOf(id), sk: `NOTICE#${sortable(place)}` };
}

function nameKey(id: string, name: EventName) {
  return { pk: pkOf(id), sk: `NAME#${name}` };
}

function subscriptionOf(row: Row): NoticeSubscription {
  return {
    id: textOf(row, "id"),
    account: numberOf(row, "account") as AccountId,
    channel: textOf(row, "channel") as NoticeChannel,
    target: textOf(row, "target"),
    secret: textOf(row, "secret"),
    kinds: JSON.parse(textOf(row, "kinds")) as string[],
  };
}
