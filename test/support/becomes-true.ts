/** Asks again and again, each time over the network, until the answer is yes; the test's own time limit ends the asking. */
export async function becomesTrue(ask: () => Promise<boolean>): Promise<void> {
  let isTrue = false;
  while (!isTrue) isTrue = await ask();
}
