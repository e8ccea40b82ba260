import { setImmediate as nextTurn } from "node:timers/promises";

/** Waits until a condition holds; the test's own timeout is the bound. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await nextTurn();
}
