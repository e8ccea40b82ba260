import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { type AwsCommand, awsCommandsOf, cliName } from "./aws-command.ts";
import { OTHER_SERVICES } from "./other-services.ts";
import { hasClient, type Operation, sdkOperation, sdkOperations } from "./sdk-models.ts";

const FOLDER = new URL("../../../runbooks/", import.meta.url);
const pages = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".md"))
  .map((name) => ({ name, commands: awsCommandsOf(readFileSync(new URL(name, FOLDER), "utf8")) }));

/** Of the CLI itself, with every command (AWS CLI reference, "Global options", and "Pagination"). */
const GLOBAL = ["region", "profile", "output", "query", "no-cli-pager"];
const PAGINATION = ["max-items", "page-size", "starting-token"];

/** What is wrong with a command; nothing, if it could be run. */
async function faultsOf({ service, operation, options }: AwsCommand): Promise<readonly string[]> {
  const found = await operationOf(service, operation);
  if (found === undefined) return [`${service} has no ${operation}`];
  const known = found.members.map(cliName);
  // A flag that is true or false has two names.
  const isKnown = (option: string) => known.includes(option) || known.includes(option.replace(/^no-/, ""));
  const own = options.filter((option) => ![...GLOBAL, ...PAGINATION].includes(option));
  return [
    ...own.filter((option) => !isKnown(option)).map((option) => `${operation} takes no --${option}`),
    ...found.required
      .map(cliName)
      .filter((name) => !options.includes(name))
      .map((name) => `${operation} needs --${name}`),
  ];
}

async function operationOf(service: string, operation: string): Promise<Operation | undefined> {
  const listed = Object.entries(OTHER_SERVICES[service] ?? {});
  if (!hasClient(service)) return listed.find(([name]) => cliName(name) === operation)?.[1];
  const name = (await sdkOperations(service)).find((one) => cliName(one) === operation);
  return name === undefined ? undefined : sdkOperation(service, name);
}

describe("the AWS commands of the runbooks", () => {
  const all = pages.flatMap(({ name, commands }) => commands.map((command) => ({ name, command })));

  for (const { name, command } of all) {
    it(`${name}: ${command.line}`, async () => {
      expect(await faultsOf(command)).to.deep.equal([]);
      expect(command.options, "an operator is asked for the Region of each").to.include("region");
    });
  }

  it("are of services that have a client here, or of the list, and the list has no operation that no page uses", () => {
    const used = new Set(all.map(({ command }) => `${command.service} ${command.operation}`));
    const listed = Object.entries(OTHER_SERVICES).flatMap(([service, operations]) =>
      Object.keys(operations).map((name) => `${service} ${cliName(name)}`),
    );
    expect(listed.filter((name) => !used.has(name))).to.deep.equal([]);
    expect(Object.keys(OTHER_SERVICES).filter(hasClient)).to.deep.equal([]);
  });

  it("would be found wrong: an operation that there is not, an option that it does not take, one that it needs", async () => {
    const faults = async (line: string) => {
      const [command] = awsCommandsOf(`\`\`\`sh aws\n${line}\n\`\`\``);
      return command === undefined ? [] : faultsOf(command);
    };
    expect(await faults("aws sqs redrive-queue --queue-url X")).to.deep.equal(["sqs has no redrive-queue"]);
    expect(await faults("aws sqs get-queue-attributes --queue X")).to.deep.equal([
      "get-queue-attributes takes no --queue",
      "get-queue-attributes needs --queue-url",
    ]);
    expect(await faults("aws rds switchover-global-cluster --global-cluster-identifier X")).to.deep.equal([
      "switchover-global-cluster needs --target-db-cluster-identifier",
    ]);
    expect(await faults("aws kms get-key-rotation-status --key-id X")).to.deep.equal([]);
  });

  it("write names as the CLI does", () => {
    const names = {
      DBClusterIdentifier: "db-cluster-identifier",
      KMSKeyId: "kms-key-id",
      SourceArn: "source-arn",
    };
    for (const [name, written] of Object.entries(names)) expect(cliName(name)).to.equal(written);
    expect(cliName("RestoreTableToPointInTime")).to.equal("restore-table-to-point-in-time");
  });
});
