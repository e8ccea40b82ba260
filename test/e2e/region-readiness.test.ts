import { join } from "node:path";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { embeddedBackend } from "#local/backend/embedded-backend.ts";
import { startRegion } from "#local/embedded-region.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { temporaryFolders } from "#test/support/folders.ts";

describe("whether a Region is ready, as it is composed", () => {
  const folders = temporaryFolders();
  after(() => folders.removeAll());

  it("says so at /readyz, until a store fails that it cannot go on without; it answers all the same", async () => {
    const dataFolder = folders.make();
    const clock = systemClock();
    const told: unknown[] = [];
    let failStore: (error: unknown) => void = () => undefined;
    const region = await startRegion({
      port: 0,
      eventsFolder: join(dataFolder, "events"),
      openBackend: (dependencies) => {
        failStore = dependencies.onFailure;
        return embeddedBackend({ dataFolder, clock })(dependencies);
      },
      onFailure: (error) => told.push(error),
    });
    try {
      expect(await readyzOf(region.url)).to.deep.equal([200, { ready: true, reasons: [] }]);
      const error = new OperatingError("the disk is full");
      failStore(error);
      expect(told, "whoever runs it starts it again").to.deep.equal([error]);
      expect(await readyzOf(region.url)).to.deep.equal([503, { ready: false, reasons: ["failed"] }]);
      expect((await fetch(`${region.url}/healthz`)).status, "the process lives").to.equal(200);
    } finally {
      await region.stop();
    }
  });
});

async function readyzOf(url: string): Promise<readonly [number, unknown]> {
  const response = await fetch(`${url}/readyz`);
  return [response.status, await response.json()];
}
