import type { Environment } from "#infra/environments/environment.ts";
import { writeMockTest } from "#infra/offline/mock-test.ts";
import { goOffline, synthesize } from "#infra/offline/offline-platform.ts";
import { stubOutput } from "#infra/offline/stub-outputs.ts";
import type { Terraform } from "#infra/offline/terraform.ts";
import { findTerraformTools } from "#infra/offline/terraform-tools.ts";
import type { Workspace } from "#infra/offline/workspace.ts";

type OfflineCommand = "validate" | "plan" | "test";

/** Runs a command of Terraform on each stack, in the order of applying, and says what came of it, a line a stack. */
export async function runOffline(
  command: OfflineCommand,
  environment: Environment,
  only: string | undefined,
): Promise<void> {
  const tools = findTerraformTools();
  if ("missing" in tools) {
    process.stderr.write(`meridian: ${tools.missing}\n`);
    process.exitCode = 1;
    return;
  }
  const platform = await synthesize(environment);
  try {
    const { terraform, workspaces } = await goOffline(platform, tools);
    const chosen = workspaces.filter(({ stack }) => only === undefined || stack === only);
    if (chosen.length === 0) {
      process.stderr.write(`meridian: no stack ${only}; one of ${platform.stacks.join(", ")}\n`);
      process.exitCode = 2;
      return;
    }
    for (const workspace of chosen) {
      process.stdout.write(`${workspace.stack.padEnd(24)} `);
      process.stdout.write(`${await RUN[command](terraform, workspace, environment)}\n`);
    }
  } finally {
    platform.forget();
  }
}

const RUN: Record<
  OfflineCommand,
  (terraform: Terraform, workspace: Workspace, environment: Environment) => Promise<string>
> = {
  validate: async (terraform, { folder }) => {
    await terraform.validate(folder);
    return "valid";
  },
  plan: async (terraform, { folder }) => `${await terraform.plan(folder)} resources to make`,
  test: async (terraform, { folder, json }, environment) => {
    const command = environment.deletionProtection ? "plan" : "apply";
    writeMockTest(folder, json, command, (stack, name) =>
      stubOutput(stack, name, environment.owner.accountId),
    );
    await terraform.test(folder);
    return `${command} with mocked providers passes`;
  },
};
