import { afterEach, beforeEach } from "mocha";

/** For a suite whose tests each go on where the one before them ended: after one that failed the rest is not run, for it could only wait in vain. */
export function oneStory(): void {
  let failed: string | undefined;
  // A hook that fails ends its suite.
  beforeEach(() => {
    if (failed !== undefined) throw new Error(`there is nothing to go on from: "${failed}" failed`);
  });
  afterEach(function () {
    if (this.currentTest?.state === "failed") failed ??= this.currentTest.title;
  });
}
