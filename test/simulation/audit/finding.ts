/** What the auditor, or the run itself, found wrong: one of the invariants of architecture.md, section 6, or that nothing came to rest. */
export class Finding extends Error {
  override readonly name = "Finding";
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}

/** Throws a `Finding` unless it holds. */
export function holds(condition: boolean, invariant: string, message: () => string): asserts condition {
  if (!condition) throw new Finding(invariant, message());
}

export const INVARIANTS = {
  conserved: "1 (money is conserved)",
  orders: "2 to 4 (orders, books and balances)",
  acknowledged: "5 (what was acknowledged stays, or is accounted for)",
  once: "6 (a command takes effect once)",
  sameTape: "7 (equal seq, equal digest)",
  feeds: "8 (feeds rise without gap)",
  reconciled: "9 (reconciliation is a function of the canonical log)",
  final: "10 (final stays; no effect outside before it)",
  partition: "the partition policy (what halts waits, nothing irreversible in a fork)",
  register: "the register (a change is made from the one before it)",
  liveness: "liveness (all comes to rest once the faults are over)",
} as const;
