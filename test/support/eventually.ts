import { waitFor } from "./waits.ts";

/** Waits until a condition holds; the test's own timeout is the bound, and its failure then shows the condition as it is written. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  await waitFor(condition.toString().replaceAll(/\s+/g, " "), condition, (holds) => holds);
}
