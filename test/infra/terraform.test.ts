import { expect } from "chai";
import { writeMockTest } from "#infra/offline/mock-test.ts";
import { goOffline } from "#infra/offline/offline-platform.ts";
import { stubOutput } from "#infra/offline/stub-outputs.ts";
import type { Terraform } from "#infra/offline/terraform.ts";
import { resourcesOf } from "#infra/offline/terraform-json.ts";
import type { Workspace } from "#infra/offline/workspace.ts";
import { forgetPlatforms, platformOf, terraformTools } from "./platforms.ts";

const tools = terraformTools();
const stub = (stack: string, name: string) => stubOutput(stack, name, "111122223333");

// Each run of Terraform starts the provider, which takes seconds, and many of them on a busy machine.
if (tools !== undefined)
  describe("what Terraform itself says of the stacks", function () {
    this.timeout(600_000);
    after(forgetPlatforms);

    for (const name of ["prod", "dev"] as const)
      describe(name, () => {
        let terraform: Terraform;
        let workspaces: readonly Workspace[];
        before(async () => {
          ({ terraform, workspaces } = await goOffline(await platformOf(name), tools));
        });

        it("plans every stack in the order of applying, and would make all that was synthesized", async () => {
          const counts = await inPairs(workspaces, async ({ stack, folder, json }) => ({
            stack,
            planned: await terraform.plan(folder),
            synthesized: resourcesOf(json).length,
          }));
          for (const { stack, planned, synthesized } of counts) expect(planned, stack).to.equal(synthesized);
          const all = counts.reduce((sum, { planned }) => sum + planned, 0);
          process.stdout.write(`      ${name}: ${all} resources in ${counts.length} stacks\n`);
        });

        it(
          name === "prod"
            ? "plans against mocked providers"
            : "applies against mocked providers, and destroys",
          async () => {
            const command = name === "prod" ? "plan" : "apply";
            // Two Regions' stacks are the same but for their names.
            const chosen = workspaces.filter(({ stack }) => !/^region-(eu|ap)/.test(stack));
            await inPairs(chosen, async ({ folder, json }) => {
              writeMockTest(folder, json, command, stub);
              await terraform.test(folder);
            });
          },
        );
      });

    describe("staging", () => {
      it("is valid in every stack", async () => {
        const { terraform, workspaces } = await goOffline(await platformOf("staging"), tools);
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
