import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { compareWith, differences, type MovedCopy, makeMovedCopy } from "#infra/cdktn/compare.ts";
import { installApart } from "#infra/cdktn/install.ts";
import { MoveError, moveTo } from "#infra/cdktn/move.ts";
import { CONTINUATION } from "#infra/cdktn/packages.ts";
import { rewrite } from "#infra/cdktn/rewrite.ts";
import { ENVIRONMENTS, type EnvironmentName } from "#infra/environments/environments.ts";
import { platformOf } from "./platforms.ts";

// Named apart from their quotes, so that a moved repository's copy of this file still says what it says.
const OLD = "cdktf";
const OLD_BINDINGS = "@cdktf/provider-aws";

const canTry = bringsPackages();

describe("the move to cdktn", function () {
  this.timeout(600_000);

  describe("of one file", () => {
    it("changes what is imported, by name and by path, and nothing else that says cdktf", () => {
      const source = [
        `import { App } from "${OLD}";`,
        `export { KinesisStream } from "${OLD_BINDINGS}/lib/kinesis-stream/index.js";`,
        'const tags = { ManagedBy: "cdktf" }; // cdktf.out',
        'import { bring } from "./cdktf-tools.ts";',
      ];
      expect(rewrite("infra/x.ts", source.join("\n")).split("\n")).to.deep.equal([
        'import { App } from "cdktn";',
        'export { KinesisStream } from "@cdktn/provider-aws/lib/kinesis-stream/index.js";',
        ...source.slice(2),
      ]);
    });

    it("changes what people and workflows type, but not what pages tell of the past", () => {
      const line = `run npx ${OLD} plan foundation, see ${OLD}.json`;
      for (const path of ["README.md", "docs/infrastructure.md", ".github/workflows/plan.yml"])
        expect(rewrite(path, line), path).to.equal("run npx cdktn plan foundation, see cdktf.json");
      for (const path of ["CHANGELOG.md", "docs/decisions/0004-cdktf.md", "infra/main.js"])
        expect(rewrite(path, line), path).to.equal(line);
    });

    it("takes the packages' successors in their versions, and drops the patch that they do not need", () => {
      const before = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
      const after = JSON.parse(rewrite("package.json", before)) as Record<string, Record<string, string>>;
      expect(after.devDependencies).to.include(CONTINUATION);
      expect(JSON.stringify(after)).to.not.include("cdktf");
      expect(after.dependencies).to.deep.equal(JSON.parse(before).dependencies);
    });
  });

  it("leaves no import of the old library in a moved copy, and refuses a folder with files", () => {
    const folder = mkdtempSync(join(tmpdir(), "meridian-moved-"));
    try {
      const changed = moveTo(folder);
      expect(changed).to.include.members(["package.json", "infra/aws.ts", "infra/stack.ts", "README.md"]);
      for (const path of changed)
        expect(readFileSync(join(folder, path), "utf8"), path).to.not.match(/from "@?cdktf[/"]/);
      expect(existsSync(join(folder, "node_modules"))).to.equal(false);
      expect(() => moveTo(folder)).to.throw(MoveError, "has files already");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("is compared value by value, without comments", () => {
    const before = { "//": { version: "1" }, resource: { a: { x: { name: "log", tags: ["a", "b"] } } } };
    const after = { "//": { version: "2" }, resource: { a: { x: { name: "log", tags: ["a"] } } } };
    expect(differences(before, after, "region:")).to.deep.equal([
      { place: "region: resource.a.x.tags.1", before: "b", after: undefined },
    ]);
  });

  if (canTry)
    describe("of all stacks", () => {
      let copy: MovedCopy;
      before(() => {
        copy = makeMovedCopy();
      });
      after(() => copy.forget());

      for (const name of Object.keys(ENVIRONMENTS) as EnvironmentName[])
        it(`makes ${name} as it is, resource by resource`, async () => {
          expect(compareWith(copy, await platformOf(name))).to.deep.equal([]);
        });
    });
});

/** Whether npm has the continuation's packages for us: where it has not, one line says so, and with REQUIRE_REGISTRY=1 it is an error. */
function bringsPackages(): boolean {
  try {
    installApart();
    return true;
  } catch (error) {
    if (!(error instanceof MoveError) || process.env.REQUIRE_REGISTRY === "1") throw error;
    process.stdout.write(`  without the stacks on cdktn: ${error.message}\n`);
    return false;
  }
}
