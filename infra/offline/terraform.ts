import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEAD_ENDPOINT } from "./dead-endpoint.ts";
import { providerFolder, type TerraformTools } from "./terraform-tools.ts";

/** What a Terraform run said. */
export interface TerraformRun {
  readonly ok: boolean;
  readonly output: string;
}

/** A run that should have gone well and did not. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";
}

/**
 * Collects garbage less often: a provider's schema is large and stays. A quarter less CPU for a third more memory, seen on a plan (9.1 and 6.9 s of CPU, 0.63 and 0.79 GB).
 */
const GARBAGE_PERCENT = "400";

/** Runs Terraform without network: provider from a mirror, no call to HashiCorp, no AWS. One folder of provider links for all stacks. */
export class Terraform {
  private readonly tools: TerraformTools;
  private readonly dataFolder: string;
  private readonly settings: string;
  private locked: Promise<string> | undefined;

  constructor(tools: TerraformTools, dataFolder: string) {
    this.tools = tools;
    this.dataFolder = dataFolder;
    this.settings = join(dataFolder, "offline.tfrc");
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(this.settings, settingsFor(tools));
  }

  /** Gives a stack its provider. The first one is initialised; the others use what it has, for all are of one provider and backend. */
  async init(folder: string): Promise<void> {
    this.locked ??= this.initFirst(folder);
    const lock = await this.locked;
    const own = join(folder, LOCK_FILE);
    if (own !== lock) copyFileSync(lock, own);
  }

  private async initFirst(folder: string): Promise<string> {
    const args = ["init", "-input=false", "-no-color", `-plugin-dir=${this.tools.mirror}`];
    const run = await this.run(folder, args, NO_SETTINGS);
    if (!run.ok) throw new TerraformError(`terraform init in ${folder}:\n${run.output}`);
    const kept = join(this.dataFolder, LOCK_FILE);
    copyFileSync(join(folder, LOCK_FILE), kept);
    return kept;
  }

  async validate(folder: string): Promise<void> {
    await this.must(folder, ["validate", "-no-color"]);
  }

  /** Plans from nothing, and says how many resources would be made. */
  async plan(folder: string): Promise<number> {
    const { output } = await this.must(folder, ["plan", "-input=false", "-no-color", "-lock=false"]);
    const count = /^Plan: (\d+) to add, 0 to change, 0 to destroy\.$/m.exec(output)?.[1];
    if (count === undefined) throw new TerraformError(`no plan in:\n${output}`);
    return Number(count);
  }

  /** Runs the folder's `*.tftest.json`. */
  async test(folder: string): Promise<string> {
    const { output } = await this.must(folder, ["test", "-no-color"]);
    return output;
  }

  async run(
    folder: string,
    args: readonly string[],
    settings: string = this.settings,
  ): Promise<TerraformRun> {
    const child = spawn(this.tools.program, args, {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TF_DATA_DIR: this.dataFolder,
        TF_CLI_CONFIG_FILE: settings,
        GOGC: GARBAGE_PERCENT,
        TF_IN_AUTOMATION: "1",
        CHECKPOINT_DISABLE: "1",
        AWS_ENDPOINT_URL: DEAD_ENDPOINT,
        AWS_MAX_ATTEMPTS: "1",
        AWS_EC2_METADATA_DISABLED: "true",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => {
      output += bytes;
    });
    child.stderr.on("data", (bytes: Buffer) => {
      output += bytes;
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    return { ok: code === 0, output };
  }

  private async must(folder: string, args: readonly string[]): Promise<TerraformRun> {
    const run = await this.run(folder, args);
    if (!run.ok) throw new TerraformError(`terraform ${args[0]} in ${folder}:\n${run.output}`);
    return run;
  }
}

const LOCK_FILE = ".terraform.lock.hcl";
const NO_SETTINGS = "/dev/null";

/**
 * Takes the provider straight from the mirror where it lies unpacked. Otherwise each run would first compute the checksum of its 700 MB, and compare it with what the
 * first run of the same mirror had written down.
 */
function settingsFor(tools: TerraformTools): string {
  const folder = providerFolder(tools);
  if (folder === undefined) return "";
  return `provider_installation {
  dev_overrides {
    "hashicorp/aws" = ${JSON.stringify(folder)}
  }
  direct {}
}
`;
}
