import { createInterface } from "node:readline/promises";
import { CommandLineError, exitWithClearLine } from "#local/cli/fatal.ts";
import { type OpsOptions, parseOpsOptions } from "./options.ts";
import { Platform, PlatformRefused } from "./platform.ts";

const NOT_WELL = 2;

/** `npm run ops`: the operator's command line over the platform's API. */
async function main(): Promise<void> {
  const options = parseOpsOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text);
    return;
  }
  try {
    await run(options);
  } catch (error) {
    if (!options.isJson || !(error instanceof PlatformRefused)) throw error;
    write({ error: { code: error.code, message: error.message } });
    process.exitCode = 1;
  }
}

async function run(options: Extract<OpsOptions, { kind: "run" }>): Promise<void> {
  const { command, isDryRun, isJson, isSure } = options;
  const platform = new Platform(
    options.url,
    process.env.MERIDIAN_OPERATOR_TOKEN || undefined,
    options.waitMs,
  );
  if (command.isDangerous && !isDryRun && !isSure) {
    const { text } = await command.run(platform, { ...options, isDryRun: true });
    await confirmed(text);
  }
  const { json, text, isBad = false } = await command.run(platform, options);
  if (isJson) write(json);
  else process.stdout.write(`${text}\n`);
  process.exitCode = isBad ? NOT_WELL : 0;
}

function write(json: unknown): void {
  process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
}

/** Throws `CommandLineError` unless a person says yes. */
async function confirmed(what: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new CommandLineError("nobody is there to say yes: add --yes, or look first with --dry-run.");
  process.stdout.write(`${what}\n`);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await lines.question("Do it? (yes/no) ");
  lines.close();
  if (answer.trim() !== "yes") throw new CommandLineError("nothing was done.");
}

process.on("uncaughtException", exitWithClearLine);
main().catch(exitWithClearLine);
