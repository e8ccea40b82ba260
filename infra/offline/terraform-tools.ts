import { existsSync, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AWS_PROVIDER_VERSION } from "#infra/stack.ts";

/** What offline work needs: Terraform, and a folder that mirrors the registry with the AWS provider in it. */
export interface TerraformTools {
  readonly program: string;
  readonly mirror: string;
}

/** One clear line instead. */
export interface ToolsMissing {
  readonly missing: string;
}

const PROVIDER = join("registry.terraform.io", "hashicorp", "aws");

/** Finds Terraform (TERRAFORM_PATH, else on the PATH) and the mirror (TF_PLUGIN_MIRROR, else where such mirrors usually are). */
export function findTerraformTools(
  variables: NodeJS.ProcessEnv = process.env,
): TerraformTools | ToolsMissing {
  const program = variables.TERRAFORM_PATH ?? onPath("terraform", variables.PATH ?? "");
  if (program === undefined)
    return {
      missing: "terraform is not here: install Terraform 1.11 or newer, or name it in TERRAFORM_PATH",
    };
  const mirror = mirrorCandidates(variables).find((folder) =>
    existsSync(join(folder, PROVIDER, AWS_PROVIDER_VERSION)),
  );
  if (mirror === undefined)
    return {
      missing: `the AWS provider ${AWS_PROVIDER_VERSION} is not here: npm run infra -- mirror brings it, or name a mirror in TF_PLUGIN_MIRROR`,
    };
  return { program, mirror };
}

/** Where `npm run infra -- mirror` puts one. */
export const OWN_MIRROR = fileURLToPath(new URL("../.mirror", import.meta.url));

/** Named, our own, Terraform's implied ones, and one folder below where programs are put by hand. */
function mirrorCandidates(variables: NodeJS.ProcessEnv): string[] {
  if (variables.TF_PLUGIN_MIRROR !== undefined) return [variables.TF_PLUGIN_MIRROR];
  const home = variables.HOME ?? "";
  const implied = [
    join(home, ".terraform.d", "plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
  ];
  const byHand = ["/opt", "/usr/local/share", "/srv"].flatMap((root) => foldersIn(root));
  return [OWN_MIRROR, ...implied, ...byHand, ...byHand.flatMap((folder) => foldersIn(folder))];
}

function foldersIn(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(root, entry.name));
  } catch {
    return [];
  }
}

/** Where the provider's program lies unpacked in the mirror, for this machine; undefined where it is packed. */
export function providerFolder({ mirror }: TerraformTools): string | undefined {
  const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  const folder = join(mirror, PROVIDER, AWS_PROVIDER_VERSION, platform);
  const isUnpacked =
    existsSync(folder) && readdirSync(folder).some((file) => file.startsWith("terraform-provider-aws"));
  return isUnpacked ? folder : undefined;
}

function onPath(program: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file) && statSync(file).isFile());
}
