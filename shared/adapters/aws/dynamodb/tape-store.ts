import type { BranchId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Dynamo } from "./dynamo.ts";
import { AnotherWriter } from "./dynamo-errors.ts";
import { isAtVersion } from "./expressions.ts";
import { numberOf, type Row, sortable, textOf } from "./row.ts";
import type { TapeBatches } from "./tape-batches.ts";
import { BLANK_HEAD, type SupersededRun, type TapeHead, type TapeRun } from "./tape-runs.ts";

/** A tape as it is known to stand. */
export interface TapeState {
  readonly head: TapeHead;
  /** 0 when empty. */
  readonly last: number;
}

/** Superseded runs of one branch that are read. */
const SUPERSEDED_MAX = 1000;
/** A rewind is one transaction: the head, and a run each. */
const SUPERSEDED_AT_ONCE = 99;

/** Keeps the list of a tape's runs in one item, replaced under the condition that nobody else replaced it. */
export class TapeStore {
  readonly #dynamo: Dynamo;
  readonly #batches: TapeBatches;

  constructor(dynamo: Dynamo, batches: TapeBatches) {
    this.#dynamo = dynamo;
    this.#batches = batches;
  }

  /** How the tape stands now. */
  async load(): Promise<TapeState> {
    const row = await this.#dynamo.get("journal", { pk: this.#batches.headKey, sk: HEAD });
    const head = row === undefined ? BLANK_HEAD : headOf(row);
    const current = head.runs.at(-1);
    if (current === undefined) return { head, last: 0 };
    const last = current.lastSeq ?? (await this.#batches.lastSeq(current.run));
    // A run may have been opened and nothing written under it yet.
    return { head, last: last > 0 ? last : (head.runs.at(-2)?.lastSeq ?? 0) };
  }

  /** Throws `AnotherWriter` if the head is not the one before this. */
  async save(head: TapeHead): Promise<void> {
    const written = await this.#dynamo.put("journal", this.#rowOf(head), isAtVersion(head.version - 1));
    if (!written.ok) this.#assertIs(written.present, head);
  }

  /** The same for a tape that goes back, with what that took back. */
  async saveRewind(head: TapeHead, superseded: readonly SupersededRun[]): Promise<void> {
    assert(
      superseded.length <= SUPERSEDED_AT_ONCE,
      `a tape goes back over at most ${SUPERSEDED_AT_ONCE} runs`,
    );
    const isWritten = await this.#dynamo.transact([
      { table: "journal", put: this.#rowOf(head), condition: isAtVersion(head.version - 1) },
      ...superseded.map((one) => ({ table: "journal" as const, put: this.#supersededRow(one) })),
    ]);
    if (isWritten) return;
    this.#assertIs(await this.#dynamo.get("journal", { pk: this.#batches.headKey, sk: HEAD }), head);
  }

  /** What was taken back of a branch, by rising first seq. */
  async superseded(branch: BranchId): Promise<SupersededRun[]> {
    const rows = await this.#dynamo.query("journal", {
      hash: ["pk", this.#batches.headKey],
      range: { name: "sk", from: `SUPERSEDED#${branch}#`, to: `SUPERSEDED#${branch}#~` },
      limit: SUPERSEDED_MAX,
    });
    return rows.map((row) => ({
      branch,
      run: numberOf(row, "run"),
      firstSeq: numberOf(row, "firstSeq"),
      lastSeq: numberOf(row, "lastSeq"),
    }));
  }

  /** A try that had its effect unseen is found again as done. */
  #assertIs(present: Row | undefined, head: TapeHead): void {
    const isOurs = present !== undefined && textOf(present, "runs") === JSON.stringify(head.runs);
    if (!isOurs || numberOf(present, "version") !== head.version)
      throw new AnotherWriter(`${this.#batches.headKey} is written by another task of the Region.`);
  }

  #rowOf({ version, nextRun, runs }: TapeHead): Row {
    return { pk: this.#batches.headKey, sk: HEAD, version, nextRun, runs: JSON.stringify(runs) };
  }

  #supersededRow({ branch, run, firstSeq, lastSeq }: SupersededRun): Row {
    const sk = `SUPERSEDED#${branch}#${sortable(firstSeq)}#${run}`;
    return { pk: this.#batches.headKey, sk, run, firstSeq, lastSeq };
  }
}

const HEAD = "HEAD";

function headOf(row: Row): TapeHead {
  return {
    version: numberOf(row, "version"),
    nextRun: numberOf(row, "nextRun"),
    runs: JSON.parse(textOf(row, "runs")) as TapeRun[],
  };
}
