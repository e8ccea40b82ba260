import { spawn } from "node:child_process";
import { DEAD_ENDPOINT } from "./dead-endpoint.ts";
import type { TerraformTools } from "./terraform-tools.ts";

/** What a Terraform run said. */
export interface TerraformRun {
  readonly ok: boolean;
  readonly output: string;
}

/** A run that should have gone well and did not. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";
}

/** Runs Terraform without network: provider from a mirror, no call to HashiCorp, no AWS. One folder of provider links for all stacks. */
export class Terraform {
  private readonly tools: TerraformTools;
  private readonly dataFolder: string;

  constructor(tools: TerraformTools, dataFolder: string) {
    this.tools = tools;
    this.dataFolder = dataFolder;
  }

  async init(folder: string): Promise<void> {
    await this.must(folder, ["init", "-input=false", "-no-color", `-plugin-dir=${this.tools.mirror}`]);
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

  async run(folder: string, args: readonly string[]): Promise<TerraformRun> {
    const child = spawn(this.tools.program, args, {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TF_DATA_DIR: this.dataFolder,
        TF_CLI_CONFIG_FILE: "/dev/null",
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
