import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputsReadBy, statesReadBy, type TerraformJson } from "./terraform-json.ts";

/** One stack as Terraform sees it offline: the synthesized file, untouched, with an override file beside it. */
export interface Workspace {
  readonly stack: string;
  readonly folder: string;
  readonly json: TerraformJson;
}

export interface WorkspaceSettings {
  /** cdktf's output: `stacks/<name>/cdk.tf.json`. */
  readonly outdir: string;
  readonly folder: string;
  readonly stack: string;
  /** The value that a stack's output is taken to have. */
  readonly outputOf: (stack: string, output: string) => string;
}

/**
 * Prepares a stack for `validate` and `plan` without AWS. What the override changes: the backend and the states that it reads become local files, the
 * provider gets keys that are none and asks nobody who it is. Everything else is what would be applied.
 */
export function prepareWorkspace({ outdir, folder, stack, outputOf }: WorkspaceSettings): Workspace {
  mkdirSync(folder, { recursive: true });
  const source = join(outdir, "stacks", stack);
  copyFileSync(join(source, "cdk.tf.json"), join(folder, "cdk.tf.json"));
  if (existsSync(join(source, "assets")))
    cpSync(join(source, "assets"), join(folder, "assets"), { recursive: true });
  const json = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as TerraformJson;

  const states: Record<string, unknown> = {};
  for (const [name, from] of statesReadBy(json)) {
    const path = `${from}.stub.tfstate`;
    const outputs = [...(outputsReadBy(json).get(from) ?? [])];
    writeFileSync(
      join(folder, path),
      stubState(Object.fromEntries(outputs.map((one) => [one, outputOf(from, one)]))),
    );
    states[name] = { backend: "local", config: { path } };
  }
  writeFileSync(
    join(folder, "offline_override.tf.json"),
    JSON.stringify({
      terraform: { backend: { local: {} } },
      provider: {
        aws: json.provider.aws.map(({ alias, region }) => ({
          ...(alias === undefined ? {} : { alias }),
          region,
          access_key: "offline",
          secret_key: "offline",
          skip_credentials_validation: true,
          skip_requesting_account_id: true,
          skip_metadata_api_check: "true",
          skip_region_validation: true,
          allowed_account_ids: null,
          max_retries: 1,
        })),
      },
      ...(Object.keys(states).length === 0 ? {} : { data: { terraform_remote_state: states } }),
    }),
  );
  return { stack, folder, json };
}

function stubState(outputs: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    version: 4,
    terraform_version: "1.11.0",
    serial: 1,
    lineage: "00000000-0000-0000-0000-000000000000",
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, { value, type: "string" }]),
    ),
    resources: [],
    check_results: null,
  });
}
