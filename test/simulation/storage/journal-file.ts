import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { BranchRun } from "#shared/ports/journal.ts";

/** The durable content of a journal: the outcomes of the tape, and those that it took back. */
export class JournalFile {
  readonly #superseded = new Map<BranchId, Map<number, Outcome>>();
  #first = 0;
  #rows: Outcome[] = [];
  #runs: { readonly branch: BranchId; readonly firstSeq: Seq; lastSeq: Seq }[] = [];

  get first(): number {
    return this.#first;
  }

  get last(): number {
    return this.#first === 0 ? 0 : this.#first + this.#rows.length - 1;
  }

  read(after: number, limit: number): Outcome[] {
    const begin = Math.max(0, after + 1 - this.#first);
    return this.#rows.slice(begin, begin + limit);
  }

  append(outcomes: readonly Outcome[]): void {
    const fresh = outcomes.filter(({ seq }) => this.#first === 0 || seq > this.last);
    const [begin] = fresh;
    if (begin === undefined) return;
    const expected = this.#first === 0 ? begin.seq : this.last + 1;
    const stray = fresh.find(({ seq }, at) => seq !== expected + at);
    assert(stray === undefined, `the journal expects the seqs behind ${expected - 1}, not ${stray?.seq}`);
    if (this.#first === 0) this.#first = begin.seq;
    for (const outcome of fresh) {
      this.#rows.push(outcome);
      const { branch, seq } = outcome;
      const run = this.#runs.at(-1);
      if (run?.branch === branch) run.lastSeq = seq;
      else this.#runs.push({ branch, firstSeq: seq, lastSeq: seq });
    }
  }

  rewind(toSeq: number): void {
    if (toSeq >= this.last) return;
    const kept = Math.max(0, toSeq + 1 - this.#first);
    for (const outcome of this.#rows.splice(kept)) {
      const known = this.#superseded.get(outcome.branch) ?? new Map<number, Outcome>();
      this.#superseded.set(outcome.branch, known);
      if (!known.has(outcome.seq)) known.set(outcome.seq, outcome);
    }
    if (this.#rows.length === 0) this.#first = 0;
    this.#runs = this.#runs.filter(({ firstSeq }) => firstSeq <= toSeq);
    const last = this.#runs.at(-1);
    if (last !== undefined) last.lastSeq = Math.min(last.lastSeq, toSeq) as Seq;
  }

  readSuperseded(branch: BranchId, after: number, limit: number): Outcome[] {
    const rows = [...(this.#superseded.get(branch)?.values() ?? [])];
    return rows
      .filter(({ seq }) => seq > after)
      .toSorted((a, b) => a.seq - b.seq)
      .slice(0, limit);
  }

  branches(): BranchRun[] {
    return this.#runs.map((run) => ({ ...run }));
  }
}
