import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { DiskConditions, StoreKind } from "./disk-weather.ts";

/** A commit that failed. */
export class CommitFailed extends OperatingError {
  override readonly name = "CommitFailed";
}

interface Write {
  /** Changes the durable content, and gives what whoever waits is told. */
  readonly apply: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes to one file in the order in which they came; those that wait together are committed together. What was not yet committed when the process
 * dies is gone, but for a first part that may have reached the disk all the same.
 */
export class CommitQueue {
  readonly #disk: DiskConditions;
  readonly #kind: StoreKind;
  readonly #name: string;
  readonly #life: Life;
  #waiting: Write[] = [];
  #isBusy = false;

  constructor(disk: DiskConditions, kind: StoreKind, name: string, life: Life) {
    this.#disk = disk;
    this.#kind = kind;
    this.#name = name;
    this.#life = life;
    life.onEnd(() => this.#crash());
  }

  /** How many writes wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Resolves with what `apply` gave, once that is durable; rejects with `CommitFailed`, or with what `apply` threw. */
  write<T>(apply: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ apply, resolve: resolve as (value: unknown) => void, reject });
      if (!this.#isBusy) this.#begin();
    });
  }

  /** Commits at once what waits, as closing a file does. */
  flush(): void {
    const writes = this.#waiting;
    this.#waiting = [];
    for (const write of writes) settle(write);
  }

  #begin(): void {
    this.#isBusy = true;
    const { weather, random } = this.#disk;
    let takes = random.exponential(weather.commitMs);
    if (random.perMille(weather.slowPerMille)) takes += random.exponential(weather.slowMs);
    if (weather.slowKind === this.#kind) takes += random.exponential(weather.slowKindMs);
    this.#life.later(takes, () => this.#commit());
  }

  #commit(): void {
    const { weather, random } = this.#disk;
    const batch = this.#waiting;
    this.#waiting = [];
    const isFailing = weather.failPerMille > 0 && random.perMille(weather.failPerMille);
    if (isFailing) {
      const kept = random.below(batch.length + 1);
      for (const [at, write] of batch.entries()) {
        if (at < kept) attempt(write);
        write.reject(
          new CommitFailed(`the disk did not take a commit of the ${this.#kind} of ${this.#name}`),
        );
      }
    } else if (random.perMille(weather.lateAnswerPerMille)) {
      const results = batch.map((write) => ({ write, result: attempt(write) }));
      this.#life.later(random.exponential(2), () => {
        for (const { write, result } of results) answer(write, result);
        this.#next();
      });
      return;
    } else for (const write of batch) settle(write);
    this.#next();
  }

  #next(): void {
    this.#isBusy = false;
    if (this.#waiting.length > 0) this.#begin();
  }

  #crash(): void {
    const kept = this.#disk.random.below(this.#waiting.length + 1);
    for (const write of this.#waiting.slice(0, kept)) attempt(write);
    this.#waiting = [];
  }
}

type Attempt =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

function attempt(write: Write): Attempt {
  try {
    return { ok: true, value: write.apply() };
  } catch (error) {
    return { ok: false, error };
  }
}

function answer(write: Write, result: Attempt): void {
  if (result.ok) write.resolve(result.value);
  else write.reject(result.error);
}

function settle(write: Write): void {
  answer(write, attempt(write));
}
