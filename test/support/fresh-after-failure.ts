import { after, afterEach, beforeEach } from "mocha";
import { abandonWaits } from "./waits.ts";

/** What the tests of a suite share: a platform in processes of its own, and whatever looks at it. */
export interface Shared {
  start(): Promise<void>;
  /** `ill`: a test failed, and whatever state it left is to go at once. Also after a start that failed half-way. */
  stop(how: "well" | "ill"): Promise<void>;
  /** What it said last. */
  lastWords?(): string;
}

/**
 * For a suite whose tests each do with what they find: starts what they share before the first of them, and throws it away after one that failed, so that the next begins on a fresh one and not on
 * what the failed one left.
 */
export function freshAfterFailure({ start, stop, lastWords = () => "" }: Shared): void {
  let isUp = false;

  beforeEach(async () => {
    if (isUp) return;
    isUp = true;
    await start();
  });
  afterEach(async function () {
    if (!isUp || this.currentTest?.state !== "failed") return;
    isUp = false;
    abandonWaits();
    const words = lastWords();
    if (words !== "") process.stdout.write(`      the platform's last words:\n${indented(words)}\n`);
    await stop("ill");
  });
  after(async () => {
    if (isUp) await stop("well");
  });
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "        ");
}
