import { ENVIRONMENTS, type EnvironmentName, isEnvironmentName } from "#infra/environments/environments.ts";

/** What `npm run infra` can do. */
export const COMMANDS = {
  validate: "terraform validate of each stack, without AWS",
  plan: "terraform plan of each stack in the order of applying, without AWS: how many resources it would make",
  test: "terraform test of each stack with mocked providers: plans, and applies where nothing refuses to be destroyed",
  graph: "the stacks and their parts, as the overview of docs/infrastructure.md",
  cost: "the monthly cost by service, and for a million orders",
  configuration: "writes docs/configuration.md from the services' schema",
  cdktn:
    "tries the sources on CDKTF's continuation and says what would differ (brings it from npm, once); with --to, moves them",
  mirror: "brings the AWS provider from the registry into infra/.mirror (needs the network, once)",
} as const;

export type Command = keyof typeof COMMANDS;

export type InfraOptions =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "wrong"; readonly line: string }
  | {
      readonly kind: "run";
      readonly command: Command;
      readonly environment: EnvironmentName;
      readonly stack: string | undefined;
      /** Writes what the command makes into the documentation, instead of printing it. */
      readonly write: boolean;
      /** The folder that `cdktn` moves the sources to. */
      readonly to: string | undefined;
    };

const USAGE = [
  "npm run infra -- COMMAND [--env dev|staging|prod] [--stack NAME]",
  "",
  ...Object.entries(COMMANDS).map(([name, what]) => `  ${name.padEnd(13)} ${what}`),
  "",
  "  --env NAME        the environment; dev without it",
  "  --stack NAME      one stack only",
  "  --write           graph: writes the page instead of printing it",
  "  --to FOLDER       cdktn: writes the moved sources there; . is this repository itself",
  "",
].join("\n");

/** Reads the command line. */
export function parseInfraOptions(args: readonly string[]): InfraOptions {
  const [command = "help", ...rest] = args;
  if (["help", "--help", "-h"].includes(command) || rest.includes("--help"))
    return { kind: "help", text: USAGE };
  if (!Object.hasOwn(COMMANDS, command))
    return { kind: "wrong", line: `unknown command ${command}; one of ${Object.keys(COMMANDS).join(", ")}` };
  let environment: EnvironmentName = "dev";
  let stack: string | undefined;
  let write = false;
  let to: string | undefined;
  for (let at = 0; at < rest.length; at += 1) {
    const [option = "", value = rest[at + 1]] = (rest[at] ?? "").split("=", 2);
    const isSplit = !(rest[at] ?? "").includes("=");
    if (option === "--write") {
      write = true;
      continue;
    }
    if (option !== "--env" && option !== "--stack" && option !== "--to")
      return { kind: "wrong", line: `unknown option ${option}` };
    if (value === undefined) return { kind: "wrong", line: `${option} wants a name` };
    if (option === "--stack") stack = value;
    else if (option === "--to") to = value;
    else if (isEnvironmentName(value)) environment = value;
    else
      return {
        kind: "wrong",
        line: `unknown environment ${value}; one of ${Object.keys(ENVIRONMENTS).join(", ")}`,
      };
    if (isSplit) at += 1;
  }
  return { kind: "run", command: command as Command, environment, stack, write, to };
}
