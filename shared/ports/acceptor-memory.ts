import { assert } from "#shared/domain/invariant.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { AcceptAnswer, AcceptorMemory, Ballot, PrepareAnswer } from "./acceptor.ts";

/** An acceptor that has never been asked. */
export const BLANK_MEMORY: AcceptorMemory = { promised: undefined, accepted: undefined };

/** What an acceptor answers, and what it must remember durably before it does. The same object as before: nothing new to write. */
export interface AcceptorTurn<Answer> {
  readonly memory: AcceptorMemory;
  readonly answer: Answer;
}

/** Negative if `left` is the lower ballot, 0 if they are the same. */
export function compareBallots(left: Ballot, right: Ballot): number {
  if (left.counter !== right.counter) return left.counter - right.counter;
  if (left.region === right.region) return 0;
  return left.region < right.region ? -1 : 1;
}

/** The acceptor's rule for `prepare` (CASPaxos, arXiv:1802.07000, section 2.2). The ballot promised already is promised again. */
export function onPrepare(memory: AcceptorMemory, ballot: Ballot): AcceptorTurn<PrepareAnswer> {
  const { promised, accepted } = memory;
  if (promised !== undefined && compareBallots(ballot, promised) < 0)
    return { memory, answer: { ok: false, promised } };
  const isNew = promised === undefined || compareBallots(ballot, promised) > 0;
  return { memory: isNew ? { promised: ballot, accepted } : memory, answer: { ok: true, accepted } };
}

/** The acceptor's rule for `accept`. A ballot has one value: another under the same ballot is a fault of the proposer. */
export function onAccept(
  memory: AcceptorMemory,
  ballot: Ballot,
  value: OwnershipRecord,
): AcceptorTurn<AcceptAnswer> {
  const { promised, accepted } = memory;
  if (promised !== undefined && compareBallots(ballot, promised) < 0)
    return { memory, answer: { ok: false, promised } };
  if (accepted !== undefined && compareBallots(ballot, accepted.ballot) === 0) {
    const isSame = JSON.stringify(accepted.value) === JSON.stringify(value);
    assert(isSame, `ballot ${ballot.counter} of ${ballot.region} came with two values`);
    return { memory, answer: { ok: true } };
  }
  return { memory: { promised: ballot, accepted: { ballot, value } }, answer: { ok: true } };
}
