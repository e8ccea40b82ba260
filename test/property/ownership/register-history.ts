import type { OwnershipRecord } from "#shared/domain/lineage.ts";

/** A value that a change made, and the one that it was made from ("" for none): each is made once, so values name their moment. */
export interface Made {
  readonly value: string;
  readonly from: string;
}

/** One call of the register, as its caller saw it. */
export interface Call {
  readonly begun: number;
  /** `Infinity`: no answer came; the caller died, or was told that it is ambiguous. */
  readonly ended: number;
  readonly kind: "read" | "change";
  /** All that its function made, in all rounds. */
  readonly made: readonly Made[];
  /** What was answered: the value read, or made; `undefined` if the answer was a failure. */
  readonly answer: string | undefined;
  /** The answer says that it did not and will not happen. */
  readonly isRefused: boolean;
}

/** The name of a record's value in these tests: its last branch. */
export function valueIn(record: OwnershipRecord | undefined): string {
  return record?.lineage.at(-1)?.branch ?? "";
}

/**
 * What is wrong with a history whose register ended at `last`; `undefined` if it is linearizable. Values tell what they were made from, so there is one
 * order to check: the chain back from the last value.
 */
export function whatIsWrong(calls: readonly Call[], last: string): string | undefined {
  const made = new Map(calls.flatMap((call) => call.made.map((one) => [one.value, one.from] as const)));
  const chain: string[] = [];
  for (let value: string | undefined = last; value !== ""; value = made.get(value)) {
    if (value === undefined) return `a value that nobody made stands in the chain before ${chain[0]}`;
    if (chain.length > made.size) return "the chain is a circle";
    chain.unshift(value);
  }
  const placeOf = new Map(["", ...chain].map((value, place) => [value, place]));

  for (const { kind, made: own, answer, isRefused } of calls) {
    const standing = own.filter(({ value }) => placeOf.has(value));
    if (standing.length > 1) return `one change happened twice: ${standing.map(({ value }) => value)}`;
    if (isRefused && standing.length > 0)
      return `${standing[0]?.value} happened, and its caller heard that it did not`;
    if (answer === undefined) continue;
    if (!placeOf.has(answer)) return `${answer} was answered (${kind}), and is lost`;
  }
  // In real time: what ended before another began stands before it.
  const answered = calls.filter(({ answer }) => answer !== undefined).toSorted((a, b) => a.ended - b.ended);
  for (const later of answered) {
    const place = placeOf.get(later.answer ?? "") ?? 0;
    for (const earlier of answered) {
      if (earlier.ended >= later.begun) break;
      const before = placeOf.get(earlier.answer ?? "") ?? 0;
      if (later.kind === "change" ? before >= place : before > place)
        return `${later.answer} (${later.kind}, from ${later.begun}) comes before ${earlier.answer}, answered at ${earlier.ended}`;
    }
  }
  return undefined;
}
