import { assert } from "#shared/domain/invariant.ts";

/** Node's own loop calls this between two tasks: it runs what promises wait for until nothing is left. */
const host = process as unknown as { readonly _tickCallback?: () => void };

/**
 * Runs all microtasks, at once and to the last: between two events of the simulation nothing is left half done, whatever number of awaits the code
 * has. About a third of a microsecond; waiting for a turn of Node's own loop is twenty times as dear. Not to be called from within a microtask.
 */
export function drainMicrotasks(): void {
  host._tickCallback?.();
}

/** Throws `InvariantViolation` where draining does nothing: from within a microtask, or on a Node that cannot. */
export function expectDraining(): void {
  let isDone = false;
  void (async () => {
    for (let step = 0; step < 8; step++) await null;
    isDone = true;
  })();
  drainMicrotasks();
  assert(isDone, "a simulation runs outside of microtasks, on a Node that lets it drain them");
}
