import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { writeMockTest } from "#infra/offline/mock-test.ts";
import { goOffline } from "#infra/offline/offline-platform.ts";
import { stubOutput } from "#infra/offline/stub-outputs.ts";
import { Terraform } from "#infra/offline/terraform.ts";
import { resourcesOf } from "#infra/offline/terraform-json.ts";
import type { Workspace } from "#infra/offline/workspace.ts";
import { platformOf, terraformTools } from "./platforms.ts";

const tools = terraformTools();
const stub = (stack: string, name: string) => stubOutput(stack, name, "111122223333");

// Each run of Terraform starts the provider, which takes seconds, and many of them on a busy machine.
if (tools !== undefined)
  describe("what Terraform itself says of the stacks", function () {
    this.timeout(600_000);
    const dataFolder = mkdtempSync(join(tmpdir(), "meridian-terraform-"));
    const shared = new Terraform(tools, dataFolder);
    after(async () => {
      rmSync(dataFolder, { recursive: true, force: true });
    });

    describe("prod", () => {
      let terraform: Terraform;
      let workspaces: readonly Workspace[];
      before(async () => {
        ({ terraform, workspaces } = await goOffline(await platformOf("prod"), tools, shared));
      });

      it("plans every stack in the order of applying, and would make all that was synthesized", async () => {
        const counts = await inPairs(workspaces, async ({ stack, folder, json }) => ({
          stack,
          planned: await terraform.plan(folder),
          synthesized: resourcesOf(json).length,
        }));
        for (const { stack, planned, synthesized } of counts) expect(planned, stack).to.equal(synthesized);
        const all = counts.reduce((sum, { planned }) => sum + planned, 0);
        process.stdout.write(`      prod: ${all} resources in ${counts.length} stacks\n`);
      });

      it("plans against a mock of each provider in the stacks that work in several Regions", async () => {
        const several = workspaces.filter(({ json }) => json.provider.aws.length > 1);
        expect(several.map(({ stack }) => stack)).to.deep.equal([
          "foundation",
          "observability",
          "experiments",
        ]);
        await inPairs(several, async ({ folder, json }) => {
          writeMockTest(folder, json, "plan", stub);
          await terraform.test(folder);
        });
      });
    });

    describe("dev", () => {
      it("is planned where it is built otherwise than prod, applied to mocked providers and destroyed, every stack", async () => {
        const { terraform, workspaces } = await goOffline(await platformOf("dev"), tools, shared);
        const other = workspaces.filter(({ stack }) => stack.startsWith("region-") || stack === "edge");
        await inPairs(other, async ({ stack, folder, json }) =>
          expect(await terraform.plan(folder), stack).to.equal(resourcesOf(json).length),
        );
        await inPairs(workspaces, async ({ folder, json }) => {
          writeMockTest(folder, json, "apply", stub);
          await terraform.test(folder);
        });
      });
    });

    describe("staging", () => {
      it("is valid in every stack", async () => {
        const { terraform, workspaces } = await goOffline(await platformOf("staging"), tools, shared);
        await inPairs(workspaces, ({ folder }) => terraform.validate(folder));
      });
    });
  });

/** Two at a time: Terraform uses one core for most of its time. */
async function inPairs<In, Out>(all: readonly In[], work: (one: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  const queue = [...all.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      results[next[0]] = await work(next[1]);
  };
  await Promise.all([worker(), worker()]);
  return results;
}
