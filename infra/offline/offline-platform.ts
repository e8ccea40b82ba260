import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPlatform } from "#infra/app.ts";
import { bundleFunctions } from "#infra/bundles/bundle-functions.ts";
import type { Environment } from "#infra/environments/environment.ts";
import { stubOutput } from "./stub-outputs.ts";
import { Terraform } from "./terraform.ts";
import type { TerraformTools } from "./terraform-tools.ts";
import { initWorkspaces, prepareWorkspace, type Workspace } from "./workspace.ts";

/** An environment synthesized into a folder of its own. */
export interface SynthesizedPlatform {
  readonly environment: Environment;
  readonly outdir: string;
  /** In the order of applying. */
  readonly stacks: readonly string[];
  /** Takes the folder away again. */
  readonly forget: () => void;
}

/** Synthesizes an environment, functions and all. */
export async function synthesize(environment: Environment): Promise<SynthesizedPlatform> {
  const outdir = mkdtempSync(join(tmpdir(), "meridian-infra-"));
  const bundles = await bundleFunctions(join(outdir, "bundles"));
  const { app, stacks } = buildPlatform({ environment, bundles, outdir });
  app.synth();
  return {
    environment,
    outdir,
    stacks: stacks.map((stack) => stack.node.id),
    forget: () => rmSync(outdir, { recursive: true, force: true }),
  };
}

/** The stacks of a synthesized environment, ready for Terraform without AWS. */
export async function goOffline(
  { environment, outdir, stacks }: SynthesizedPlatform,
  tools: TerraformTools,
): Promise<{ readonly terraform: Terraform; readonly workspaces: readonly Workspace[] }> {
  const terraform = new Terraform(tools, join(outdir, "terraform-data"));
  const workspaces = stacks.map((stack) =>
    prepareWorkspace({
      outdir,
      folder: join(outdir, "offline", stack),
      stack,
      outputOf: (from, name) => stubOutput(from, name, environment.owner.accountId),
    }),
  );
  await initWorkspaces(terraform, workspaces);
  return { terraform, workspaces };
}
