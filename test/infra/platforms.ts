import { ENVIRONMENTS, type EnvironmentName } from "#infra/environments/environments.ts";
import { ownerFromVariables } from "#infra/environments/owner.ts";
import { type SynthesizedPlatform, synthesize } from "#infra/offline/offline-platform.ts";
import type { TerraformJson } from "#infra/offline/terraform-json.ts";
import { findTerraformTools, type TerraformTools } from "#infra/offline/terraform-tools.ts";
import { readStack } from "#infra/overview/overview.ts";

const OWNER = ownerFromVariables({});
const synthesized = new Map<EnvironmentName, Promise<SynthesizedPlatform>>();

/** An environment, synthesized once for all tests of the process, which takes seconds. Tests read it and change nothing in it. */
export function platformOf(name: EnvironmentName): Promise<SynthesizedPlatform> {
  const known = synthesized.get(name);
  if (known !== undefined) return known;
  const made = synthesize(ENVIRONMENTS[name](OWNER)).then((platform) => {
    process.once("exit", platform.forget);
    return platform;
  });
  synthesized.set(name, made);
  return made;
}

export interface NamedStack {
  readonly name: string;
  readonly json: TerraformJson;
}

/** The stacks of an environment, read back from what was synthesized. */
export async function stacksOf(name: EnvironmentName): Promise<readonly NamedStack[]> {
  const { outdir, stacks } = await platformOf(name);
  return stacks.map((stack) => ({ name: stack, json: readStack(outdir, stack) }));
}

/** All resources of one type in an environment. */
export async function resourcesOfType(environment: EnvironmentName, type: string) {
  return (await stacksOf(environment)).flatMap(({ name: stack, json }) =>
    Object.entries(json.resource?.[type] ?? {}).map(([name, block]) => ({ stack, name, block })),
  );
}

/**
 * Terraform and the provider, or undefined where they are missing: then the tests that need them are left out with one line. With
 * REQUIRE_TERRAFORM=1, as continuous integration sets it, that is an error.
 */
export function terraformTools(): TerraformTools | undefined {
  const tools = findTerraformTools();
  if (!("missing" in tools)) return tools;
  if (process.env.REQUIRE_TERRAFORM === "1") throw new Error(tools.missing);
  process.stdout.write(`  without the tests that need Terraform: ${tools.missing}\n`);
  return undefined;
}
