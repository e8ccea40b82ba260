import { createInterface } from "node:readline/promises";
import { CommandLineError, exitWithClearLine } from "#local/cli/fatal.ts";
import { parseOpsOptions } from "./options.ts";
import { Platform } from "./platform.ts";

const NOT_WELL = 2;

/** `npm run ops`: the operator's command line over the platform's API. */
async function main(): Promise<void> {
  const options = parseOpsOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text);
    return;
  }
  const { command, args, isDryRun, isJson, isSure } = options;
  const platform = new Platform(options.url, process.env.MERIDIAN_OPERATOR_TOKEN || undefined);
  if (command.isDangerous && !isDryRun && !isSure) {
    const { text } = await command.run(platform, { args, isDryRun: true });
    await confirmed(text);
  }
  const { json, text, isBad = false } = await command.run(platform, { args, isDryRun });
  process.stdout.write(isJson ? `${JSON.stringify(json, null, 2)}\n` : `${text}\n`);
  process.exitCode = isBad ? NOT_WELL : 0;
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
