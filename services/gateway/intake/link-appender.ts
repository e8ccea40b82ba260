import type { AccountId, RegionId, ShardId } from "#shared/domain/ids.ts";
import type { AppendAnswer } from "#shared/ports/command-log.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { RemoteAppender } from "./remote-appender.ts";

export interface LinkAppenderOptions {
  readonly link: RegionLink;
  readonly shard: ShardId;
  /** How long to wait for an answer before it is `unknown`. */
  readonly timeoutMs: number;
  /** Commands that may wait to be sent. */
  readonly maxWaiting: number;
}

interface Waiting {
  readonly owner: RegionId;
  readonly account: AccountId;
  readonly bytes: Uint8Array;
  settle(result: AppendAnswer): void;
}

const BATCH = 200;
const REQUESTS = 16;

/**
 * Appends to a shard's log in another Region. Commands that wait go together; several requests are under way at once, but never two with commands of
 * one account, so an account's commands stand in the log in the order in which they came, however the link delays and reorders.
 */
export class LinkAppender implements RemoteAppender {
  readonly #options: LinkAppenderOptions;
  #waiting: Waiting[] = [];
  readonly #busy = new Set<AccountId>();
  #requests = 0;

  constructor(options: LinkAppenderOptions) {
    this.#options = options;
  }

  append(owner: RegionId, bytes: Uint8Array, account: AccountId): Promise<AppendAnswer> {
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.resolve({ ok: false, error: "overloaded" });
    }
    const { promise, resolve } = Promise.withResolvers<AppendAnswer>();
    this.#waiting.push({ owner, account, bytes, settle: resolve });
    // At the end of this turn: what comes in one turn goes in one request.
    queueMicrotask(() => this.#pump());
    return promise;
  }

  #pump(): void {
    while (this.#requests < REQUESTS) {
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      void this.#send(batch);
    }
  }

  /** The commands of one Region whose accounts have none under way, oldest first. */
  #takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    const held = new Set<AccountId>();
    const owner = this.#waiting.find(({ account }) => !this.#busy.has(account))?.owner;
    for (const waiting of this.#waiting) {
      const { account } = waiting;
      const isNext =
        batch.length < BATCH && waiting.owner === owner && !this.#busy.has(account) && !held.has(account);
      if (isNext) batch.push(waiting);
      else {
        rest.push(waiting);
        held.add(account);
      }
    }
    this.#waiting = rest;
    return batch;
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const { link, shard, timeoutMs } = this.#options;
    const [first] = batch;
    if (first === undefined) return;
    const accounts = new Set(batch.map(({ account }) => account));
    for (const account of accounts) this.#busy.add(account);
    this.#requests++;
    const commands = batch.map(({ bytes }) => bytes);
    const answer = await link.request(first.owner, "log.append", { shard, commands }, timeoutMs);
    this.#requests--;
    for (const account of accounts) this.#busy.delete(account);
    for (const [at, { settle }] of batch.entries()) {
      if (!answer.ok) settle({ ok: false, error: "unknown" });
      // Results stop at the first that was not appended: what comes behind it was not either.
      else settle(answer.answer.results[at] ?? { ok: false, error: "overloaded" });
    }
    this.#pump();
  }
}
