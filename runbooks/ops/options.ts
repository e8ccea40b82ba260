import { parseArgs } from "node:util";
import { CommandLineError } from "#local/cli/fatal.ts";
import type { OpsCommand } from "./command.ts";
import { COMMANDS } from "./commands/commands.ts";

export type OpsOptions =
  | { readonly kind: "help"; readonly text: string }
  | {
      readonly kind: "run";
      readonly command: OpsCommand;
      readonly args: readonly string[];
      readonly url: string;
      readonly isJson: boolean;
      readonly isDryRun: boolean;
      /** Asks nothing before what is dangerous. */
      readonly isSure: boolean;
    };

const DEFAULT_URL = "http://localhost:8080";
const HELP = `Runs Meridian: what an operator sees and does.

${Object.values(COMMANDS)
  .map(({ usage, what, isDangerous }) => `  ${usage.padEnd(50)} ${what}${isDangerous ? " (asks first)" : ""}`)
  .join("\n")}

  --url URL   the platform's address (${DEFAULT_URL}, or MERIDIAN_URL)
  --json      for programs
  --dry-run   says what would be done, and does nothing
  --yes       does not ask before what clients feel

What changes something needs the operator's token in MERIDIAN_OPERATOR_TOKEN. The exit code is 0 when all is well, 2 when something is not, 1 when the
command could not be carried out.
`;

/** Reads the command line. Throws `CommandLineError` for what it does not know. */
export function parseOpsOptions(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): OpsOptions {
  const { values, positionals } = parsed(argv);
  const [name, ...args] = positionals;
  if (values.help === true || name === undefined) return { kind: "help", text: HELP };
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new CommandLineError(`"${name}" is no command. See --help.`);
  if (args.length !== command.arity) throw new CommandLineError(`usage: ops ${command.usage}`);
  return {
    kind: "run",
    command,
    args,
    url: values.url ?? env.MERIDIAN_URL ?? DEFAULT_URL,
    isJson: values.json === true,
    isDryRun: values["dry-run"] === true,
    isSure: values.yes === true,
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        url: { type: "string" },
        json: { type: "boolean" },
        "dry-run": { type: "boolean" },
        yes: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(/\.\s/);
    throw new CommandLineError(`${reason}. See --help.`);
  }
}
