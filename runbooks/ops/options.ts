import { parseArgs } from "node:util";
import { CommandLineError } from "#local/cli/fatal.ts";
import type { OpsCommand } from "./command.ts";
import { COMMANDS } from "./commands/commands.ts";
import { WAIT_MS } from "./platform.ts";

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
      readonly region: string | undefined;
      readonly limit: number | undefined;
      /** For one answer of the platform. */
      readonly waitMs: number;
    };

const DEFAULT_URL = "http://localhost:8080";
const HELP = `Runs Meridian: what an operator sees and does.

${Object.values(COMMANDS)
  .map(({ usage, what, isDangerous }) => `  ${usage.padEnd(50)} ${what}${isDangerous ? " (asks first)" : ""}`)
  .join("\n")}

  --url URL   the platform's address (${DEFAULT_URL}, or MERIDIAN_URL); of a deployment each Region's, divided by commas
  --region R  this Region alone, of commands that go to each
  --limit N   so many at most: dead letters of redrive, lines of audit
  --wait S    seconds for an answer at most (${WAIT_MS / 1000}): the replay of a long log takes its time
  --json      for programs; what is refused is {"error": {"code", "message"}}
  --dry-run   says what would be done, and does nothing
  --yes       does not ask before what clients feel
  --help      behind a command: what it does, with examples

What is not public needs the operator's token in MERIDIAN_OPERATOR_TOKEN, and what changes something stands in the audit trail. The exit code is 0 when all
is well, 2 when something is not, 1 when the command could not be carried out; docs/errors.md lists the codes of refusals.
`;

const LIMIT = /^[1-9]\d{0,4}$/;
const WAIT = /^[1-9]\d{0,3}$/;

/** Reads the command line. Throws `CommandLineError` for what it does not know. */
export function parseOpsOptions(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): OpsOptions {
  const { values, positionals } = parsed(argv);
  const [name, ...args] = positionals;
  if (name === undefined) return { kind: "help", text: HELP };
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new CommandLineError(`"${name}" is no command. See --help.`);
  if (values.help === true) return { kind: "help", text: helpOf(command) };
  if (values.limit !== undefined && !LIMIT.test(values.limit))
    throw new CommandLineError(`--limit takes a number from 1 to 99999, not ${values.limit}.`);
  if (values.wait !== undefined && !WAIT.test(values.wait))
    throw new CommandLineError(`--wait takes seconds from 1 to 9999, not ${values.wait}.`);
  if (args.length !== command.arity) throw new CommandLineError(`usage: ops ${command.usage}`);
  return {
    kind: "run",
    command,
    args,
    url: values.url ?? env.MERIDIAN_URL ?? DEFAULT_URL,
    isJson: values.json === true,
    isDryRun: values["dry-run"] === true,
    isSure: values.yes === true,
    region: values.region,
    limit: values.limit === undefined ? undefined : Number(values.limit),
    waitMs: values.wait === undefined ? WAIT_MS : Number(values.wait) * 1000,
  };
}

function helpOf({ usage, what, examples, isDangerous }: OpsCommand): string {
  const asks = isDangerous
    ? "\nIt asks first: --dry-run shows what it would do, --yes does it unasked.\n"
    : "";
  return `npm run ops -- ${usage}\n\n${what}\n${asks}\n${examples.map((example) => `  npm run ops -- ${example}\n`).join("")}`;
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        url: { type: "string" },
        region: { type: "string" },
        limit: { type: "string" },
        wait: { type: "string" },
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
