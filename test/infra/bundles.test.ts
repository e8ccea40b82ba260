import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect } from "chai";
import { bundleFunction, bundleFunctions, HandlerMissing } from "#infra/bundles/bundle-functions.ts";
import { FUNCTIONS } from "#infra/bundles/bundles.ts";

const ENTRY = fileURLToPath(new URL("./echo-handler.ts", import.meta.url));

describe("a function's bundle", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meridian-bundle-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is one file that holds all that the handler imports, and runs where nothing is installed", async () => {
    await bundleFunction(ENTRY, join(folder, "one"));
    expect(readdirSync(join(folder, "one"))).to.deep.equal(["index.mjs"]);
    const { handler } = (await import(pathToFileURL(join(folder, "one", "index.mjs")).href)) as {
      handler: (event: { what: string }) => Promise<string>;
    };
    expect(await handler({ what: "commands" })).to.equal("meridian-dev-commands");
  });

  it("is made of every function's own handler, and is asked for in vain where there is none", async () => {
    const bundles = await bundleFunctions(join(folder, "all"));
    expect(Object.keys(bundles)).to.have.members([...FUNCTIONS]);
    for (const [name, made] of Object.entries(bundles))
      expect(readFileSync(join(made, "index.mjs"), "utf8"), name).to.include(`MERIDIAN_ENVIRONMENT`);
    let problem: unknown;
    await bundleFunction(join(folder, "nothing.ts"), join(folder, "none")).catch((error: unknown) => {
      problem = error;
    });
    expect(problem).to.be.instanceOf(HandlerMissing);
  });

  it("is the same bytes each time, so that a plan shows no change where there is none", async () => {
    await bundleFunction(ENTRY, join(folder, "first"));
    await bundleFunction(ENTRY, join(folder, "again"));
    const bytes = (name: string) => readFileSync(join(folder, name, "index.mjs"));
    expect(bytes("first").equals(bytes("again"))).to.equal(true);
  });
});
