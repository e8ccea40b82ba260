import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { BranchRun } from "#shared/ports/journal.ts";
import type { ProjectionBatch, ProjectionStand } from "#shared/ports/projections.ts";
import { isInHistory } from "#shared/read-model/history.ts";
import type { Dynamo } from "./dynamo.ts";
import { ProjectionRowsStore } from "./projection-rows-store.ts";
import { ProjectionStands } from "./projection-stands.ts";
import type { ProjectionHead, ProjectionStep } from "./projection-step.ts";

/** Steps that are final are deleted together, when so many commits have passed. */
const FORGET_EVERY = 20;

/**
 * Writes a shard's tables. A step is written down, then the head that makes it count, then its rows; whoever opens the tables finishes what was begun. So a
 * step of any size is whole after a crash, at the price of one small item; a transaction would hold a hundred rows and cost twice.
 */
export class ProjectionWriter {
  readonly #shard: ShardId;
  readonly #stands: ProjectionStands;
  readonly #rows: ProjectionRowsStore;
  #head: ProjectionHead;
  /** Seqs at which the tables stood since they were opened, rising. */
  #seqs: number[];
  /** Where the tables stand with all their rows: this is told. */
  #stand: ProjectionStand = { branch: ROOT_BRANCH, seq: 0 };
  #turn: Promise<unknown> = Promise.resolve();
  #commits = 0;

  private constructor(dynamo: Dynamo, shard: ShardId, head: ProjectionHead) {
    this.#shard = shard;
    this.#stands = new ProjectionStands(dynamo, shard);
    this.#rows = new ProjectionRowsStore(dynamo);
    this.#head = head;
    this.#seqs = [head.seq];
    this.#tell();
  }

  /** As the tables stand; what was begun is finished before anything else is written. */
  static async open(dynamo: Dynamo, shard: ShardId): Promise<ProjectionWriter> {
    return new ProjectionWriter(dynamo, shard, await new ProjectionStands(dynamo, shard).head());
  }

  /** Ends what the task before this one began: then the tables have all of the step at which they stand. */
  finish(): Promise<void> {
    return this.#inTurn(() => this.#finish());
  }

  get stand(): ProjectionStand {
    return this.#stand;
  }

  /** Looks again where the tables stand: another task writes them. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      const head = await this.#stands.head();
      if (head.version <= this.#head.version) return;
      this.#head = head;
      this.#seqs = [head.seq];
      this.#tell();
    });
  }

  commit(batch: ProjectionBatch): Promise<void> {
    return this.#inTurn(async () => {
      if (batch.seq <= this.#head.seq) return;
      await this.#finish();
      const { branch, seq } = batch;
      const step: ProjectionStep = {
        from: this.stand,
        to: { branch, seq },
        ...(await this.#rows.changesOf(batch)),
      };
      await this.#stands.put(step);
      this.#seqs.push(seq);
      const floor = this.#floorWith(batch);
      const { version, rewinds, seq: appliedSeq } = this.#head;
      await this.#save({ version: version + 1, branch, seq, appliedSeq, floor, rewinds });
      await this.#rows.apply(step, rewinds);
      await this.#saveApplied();
      this.#commits++;
      if (this.#commits % FORGET_EVERY === 0) await this.#forgetFinal();
    });
  }

  /** How often the tables went back, or were begun to be made anew: rows of before are old. */
  get mark(): number {
    return this.#head.rewinds;
  }

  /** Makes every row old, as a way back does; the stand stays. */
  beginRewrite(): Promise<number> {
    return this.#inTurn(async () => {
      await this.#finish();
      const { version, rewinds } = this.#head;
      await this.#save({ ...this.#head, version: version + 1, rewinds: rewinds + 1 });
      return this.mark;
    });
  }

  /** Writes rows over old ones. */
  rewrite({ branch, seq, ...batch }: ProjectionBatch): Promise<void> {
    return this.#inTurn(async () => {
      const { orders, orderLists, candles, ...once } = batch;
      const changed = <T>(rows: readonly T[]) => rows.map((after) => ({ after }));
      const rows = { orders: changed(orders), orderLists: changed(orderLists), candles: changed(candles) };
      await this.#rows.apply({ ...once, ...rows, from: this.stand, to: { branch, seq } }, this.mark);
    });
  }

  rewind(history: readonly BranchRun[]): Promise<number> {
    return this.#inTurn(async () => {
      await this.#finish();
      const { seq: fromSeq, rewinds } = this.#head;
      if (isInHistory(history, this.stand)) return fromSeq;
      let stand = this.stand;
      while (!isInHistory(history, stand)) {
        assert(
          stand.seq > this.#head.floor,
          `the tables of ${this.#shard} stand at seq ${fromSeq} of ${this.stand.branch}: what is final is not taken back`,
        );
        stand = (await this.#stands.step(stand.seq)).from;
      }
      assert(stand.seq >= this.#head.floor, `the tables of ${this.#shard} go back behind what is final`);
      await this.#save({
        ...this.#head,
        ...stand,
        version: this.#head.version + 1,
        appliedSeq: stand.seq,
        rewinds: rewinds + 1,
        goingBack: { fromSeq },
      });
      await this.#finish();
      return stand.seq;
    });
  }

  /** Ends what was begun: a way back, or rows of the last step. */
  async #finish(): Promise<void> {
    const { goingBack, seq, appliedSeq, rewinds } = this.#head;
    if (goingBack !== undefined) {
      const steps = await this.#stepsBetween(seq, goingBack.fromSeq);
      await this.#rows.takeBack(steps, rewinds);
      const { goingBack: _, ...head } = this.#head;
      await this.#save({ ...head, version: head.version + 1 });
      await this.#stands.forget(seq + 1, goingBack.fromSeq);
      this.#seqs = this.#seqs.filter((one) => one <= seq);
      return;
    }
    if (appliedSeq === seq) return;
    // A task may have ended, or given up, between the head and the rows.
    const steps = await this.#stepsBetween(appliedSeq, seq);
    for (const step of steps.toReversed()) await this.#rows.apply(step, rewinds);
    await this.#saveApplied();
  }

  /** The steps that led from one stand to another, the last first. */
  async #stepsBetween(fromSeq: number, toSeq: number): Promise<ProjectionStep[]> {
    const steps: ProjectionStep[] = [];
    for (let seq = toSeq; seq > fromSeq; ) {
      const step = await this.#stands.step(seq);
      steps.push(step);
      seq = step.from.seq;
    }
    return steps;
  }

  /** The newest stand that is final: nobody goes back behind it. */
  #floorWith({ seq, finalSeq }: ProjectionBatch): number {
    if (seq <= finalSeq) return seq;
    const final = this.#seqs.filter((one) => one <= finalSeq);
    return Math.max(this.#head.floor, final.at(-1) ?? 0);
  }

  async #forgetFinal(): Promise<void> {
    const { floor, appliedSeq } = this.#head;
    const through = Math.min(floor, appliedSeq);
    await this.#stands.forget(0, through);
    this.#seqs = this.#seqs.filter((one) => one >= through);
  }

  /** All rows of the last step are there: from here on the tables are told to stand there, in every task. */
  async #saveApplied(): Promise<void> {
    const { version, seq } = this.#head;
    await this.#save({ ...this.#head, version: version + 1, appliedSeq: seq });
  }

  async #save(head: ProjectionHead): Promise<void> {
    await this.#stands.save(head);
    this.#head = head;
    this.#tell();
  }

  #tell(): void {
    const { branch, seq, appliedSeq, goingBack } = this.#head;
    if (appliedSeq === seq && goingBack === undefined) this.#stand = { branch, seq };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
