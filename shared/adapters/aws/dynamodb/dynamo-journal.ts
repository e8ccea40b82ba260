import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { BranchRun, Journal } from "#shared/ports/journal.ts";
import { type Dynamo, WRITER_PATIENCE_MS } from "./dynamo.ts";
import { StoreClosed } from "./dynamo-errors.ts";
import { PULL_BATCH, PullSubscription } from "./pull-subscription.ts";
import { TapeBatches } from "./tape-batches.ts";
import { branchesOf, commonSeqOf, endOf, type SupersededRun, withRewind, withRunFor } from "./tape-runs.ts";
import { type TapeState, TapeStore } from "./tape-store.ts";

export interface DynamoJournalOptions {
  readonly dynamo: Dynamo;
  /** Whose tape it is: each Region writes its own, and any may read all. */
  readonly region: RegionId;
  readonly shard: ShardId;
  /** Rings when another task may have written: the table's stream (stream-tail.ts). Without it only what this task writes is heard of. */
  readonly onChange?: (ring: () => void) => Subscription;
}

/** A journal that another task may write too. */
export interface SharedJournal extends Journal {
  /** Looks how the tape stands now. */
  refresh(): Promise<void>;
}

/** One who subscribed, and how far it was given outcomes. */
interface Reader {
  readonly subscription: PullSubscription<Outcome>;
  seq: number;
  /** Where the tape went back to, and the reader does not know yet. */
  rewoundTo: number | undefined;
}

/**
 * Opens a Region's journal of a shard. One task writes at a time; a second one that does (an old one that is being replaced) writes the same, or is told
 * `AnotherWriter`. While the table refuses for a passing reason `append` waits, which shows as the age of the oldest outcome not yet journaled.
 */
export async function openDynamoJournal(options: DynamoJournalOptions): Promise<SharedJournal> {
  const dynamo = options.dynamo.withPatience(WRITER_PATIENCE_MS);
  const batches = new TapeBatches(dynamo, options.region, options.shard);
  const store = new TapeStore(dynamo, batches);
  return new DynamoJournal(options, batches, store, await store.load());
}

class DynamoJournal implements SharedJournal {
  readonly #dynamo: Dynamo;
  readonly #shard: ShardId;
  readonly #batches: TapeBatches;
  readonly #store: TapeStore;
  readonly #readers = new Set<Reader>();
  readonly #doorbell: Subscription | undefined;
  #state: TapeState;
  #turn: Promise<unknown> = Promise.resolve();
  #isStale = false;
  #isClosed = false;

  constructor(options: DynamoJournalOptions, batches: TapeBatches, store: TapeStore, state: TapeState) {
    this.#dynamo = options.dynamo;
    this.#shard = options.shard;
    this.#batches = batches;
    this.#store = store;
    this.#state = state;
    this.#doorbell = options.onChange?.(() => this.#refreshSoon());
  }

  append(outcomes: readonly Outcome[]): Promise<void> {
    return this.#inTurn(async () => {
      const { last } = this.#state;
      const fresh = outcomes.filter(({ seq }) => last === 0 || seq > last);
      let expected = last === 0 ? fresh[0]?.seq : last + 1;
      for (const { seq } of fresh) {
        assert(seq === expected, `the journal of ${this.#shard} expects seq ${expected}, not ${seq}`);
        expected++;
      }
      for (const [first, ...more] of runsOf(fresh)) await this.#appendRun(first, [first, ...more]);
    });
  }

  rewind(toSeq: number): Promise<void> {
    return this.#inTurn(async () => {
      const { head, last } = this.#state;
      if (toSeq >= last) return;
      const back = withRewind(head, last, toSeq);
      await this.#store.saveRewind(back.head, back.superseded);
      this.#becomes({ head: back.head, last: back.head.runs.length === 0 ? 0 : toSeq });
    });
  }

  async read(after: number, limit: number): Promise<readonly Outcome[]> {
    this.#assertOpen();
    const { head, last } = this.#state;
    const outcomes: Outcome[] = [];
    for (const run of head.runs) {
      const from = Math.max(after + 1, run.firstSeq);
      const to = endOf(run, last);
      if (from > to || outcomes.length >= limit) continue;
      outcomes.push(...(await this.#batches.read(run.run, from, to, limit - outcomes.length)));
    }
    return outcomes;
  }

  async readSuperseded(branch: BranchId, after: number, limit: number): Promise<readonly Outcome[]> {
    this.#assertOpen();
    const superseded = await this.#store.superseded(branch);
    const outcomes: Outcome[] = [];
    let seq = after;
    while (outcomes.length < limit) {
      const from = (one: SupersededRun) => Math.max(one.firstSeq, seq + 1);
      const [next] = superseded
        .filter(({ lastSeq }) => lastSeq > seq)
        .toSorted((one, other) => from(one) - from(other));
      if (next === undefined) break;
      outcomes.push(
        ...(await this.#batches.read(next.run, from(next), next.lastSeq, limit - outcomes.length)),
      );
      seq = outcomes.at(-1)?.seq ?? next.lastSeq;
    }
    return outcomes;
  }

  subscribe(
    after: number,
    onOutcomes: (outcomes: readonly Outcome[]) => void | Promise<void>,
    onRewind: (toSeq: Seq) => void | Promise<void> = () => {},
  ): Subscription {
    const read = async () => {
      if (this.#isClosed) return [];
      const outcomes = await this.read(reader.seq, PULL_BATCH);
      // What was read is of no use once the tape went back meanwhile: that is told first.
      if (reader.rewoundTo !== undefined) return [];
      reader.seq = outcomes.at(-1)?.seq ?? reader.seq;
      return outcomes;
    };
    const before = () => {
      const { rewoundTo } = reader;
      reader.rewoundTo = undefined;
      return rewoundTo === undefined ? undefined : Promise.resolve(onRewind(rewoundTo as Seq));
    };
    const { clock } = this.#dynamo;
    const subscription = new PullSubscription({ read, handle: onOutcomes, before, clock });
    const reader: Reader = { subscription, seq: after, rewoundTo: undefined };
    this.#readers.add(reader);
    subscription.notify();
    return {
      cancel: () => {
        subscription.cancel();
        this.#readers.delete(reader);
      },
    };
  }

  branches(): readonly BranchRun[] {
    return branchesOf(this.#state.head, this.#state.last);
  }

  lastSeq(): number {
    return this.#state.last;
  }

  firstSeq(): number {
    return this.#state.last === 0 ? 0 : (this.#state.head.runs[0]?.firstSeq ?? 0);
  }

  refresh(): Promise<void> {
    return this.#inTurn(async () => this.#becomes(await this.#store.load()));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#doorbell?.cancel();
    for (const { subscription } of this.#readers) subscription.cancel();
    await this.#turn;
  }

  /** Outcomes of one branch that follow the tape. */
  async #appendRun(first: Outcome, outcomes: readonly Outcome[]): Promise<void> {
    const head = withRunFor(this.#state.head, this.#state.last, first.branch, first.seq);
    if (head !== this.#state.head) {
      await this.#store.save(head);
      this.#state = { ...this.#state, head };
    }
    const run = head.runs.at(-1);
    assert(run !== undefined, "a tape that grows has a run");
    let rest = outcomes;
    while (rest.length > 0) {
      const last = await this.#batches.write(run.run, rest);
      this.#becomes({ head, last });
      rest = rest.filter(({ seq }) => seq > last);
    }
  }

  /** Another task wrote: once what is under way here has ended, the table is looked at again. */
  #refreshSoon(): void {
    if (this.#isStale || this.#isClosed) return;
    this.#isStale = true;
    void this.#inTurn(async () => {
      this.#isStale = false;
      this.#becomes(await this.#store.load());
    }).catch(() => {
      // The table does not answer: the next ring, or the next write, finds out.
      this.#isStale = false;
    });
  }

  #becomes(state: TapeState): void {
    const common = commonSeqOf(this.#state, state);
    const wentBack = this.#state.last > common;
    this.#state = state;
    for (const reader of this.#readers) {
      if (wentBack && reader.seq > common) {
        reader.seq = common;
        reader.rewoundTo = common;
      }
      reader.subscription.notify();
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => {
      this.#assertOpen();
      return work();
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StoreClosed(`The journal of ${this.#shard} was closed.`);
  }
}

/** Outcomes cut where their branch changes. */
function runsOf(outcomes: readonly Outcome[]): [Outcome, ...Outcome[]][] {
  const runs: [Outcome, ...Outcome[]][] = [];
  for (const outcome of outcomes) {
    const run = runs.at(-1);
    if (run?.[0].branch === outcome.branch) run.push(outcome);
    else runs.push([outcome]);
  }
  return runs;
}
