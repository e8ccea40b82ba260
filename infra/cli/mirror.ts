import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformError } from "#infra/offline/terraform.ts";
import { OWN_MIRROR } from "#infra/offline/terraform-tools.ts";
import { AWS_PROVIDER_VERSION } from "#infra/stack.ts";

/** Brings the AWS provider from the registry, for this machine, so that all else works without network. */
export async function bringMirror(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-mirror-"));
  try {
    writeFileSync(
      join(folder, "main.tf.json"),
      JSON.stringify({
        terraform: {
          required_providers: { aws: { source: "hashicorp/aws", version: AWS_PROVIDER_VERSION } },
        },
      }),
    );
    mkdirSync(OWN_MIRROR, { recursive: true });
    const program = process.env.TERRAFORM_PATH ?? "terraform";
    for (const args of [["init", "-input=false", "-no-color"]]) {
      const { status, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
      if (status !== 0) throw new TerraformError(error?.message ?? stderr);
    }
    const { status } = spawnSync("cp", ["-R", join(folder, ".terraform", "providers", "."), OWN_MIRROR]);
    if (status !== 0) throw new TerraformError(`cannot write ${OWN_MIRROR}`);
    process.stdout.write(`the AWS provider ${AWS_PROVIDER_VERSION} is in infra/.mirror\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
