import { MoveError } from "#infra/cdktn/move.ts";
import { EnvironmentError } from "#infra/environments/check-environment.ts";
import { ENVIRONMENTS } from "#infra/environments/environments.ts";
import { ownerFromVariables } from "#infra/environments/owner.ts";
import { TerraformError } from "#infra/offline/terraform.ts";
import { moveToContinuation } from "./cdktn.ts";
import { writeConfigurationPage } from "./configuration.ts";
import { printCost } from "./cost.ts";
import { printGraph } from "./graph.ts";
import { bringMirror } from "./mirror.ts";
import { parseInfraOptions } from "./options.ts";
import { runOffline } from "./run-offline.ts";

/** `npm run infra`: looks at the infrastructure without an account. */
async function main(): Promise<void> {
  const options = parseInfraOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text);
    return;
  }
  if (options.kind === "wrong") {
    process.stderr.write(`meridian: ${options.line}\n`);
    process.exitCode = 2;
    return;
  }
  const environment = ENVIRONMENTS[options.environment](ownerFromVariables(process.env));
  if (options.command === "configuration") writeConfigurationPage();
  else if (options.command === "cost") printCost(environment);
  else if (options.command === "graph") await printGraph(environment, options.write);
  else if (options.command === "mirror") await bringMirror();
  else if (options.command === "cdktn") await moveToContinuation(options.to, environment.owner);
  else await runOffline(options.command, environment, options.stack);
}

main().catch((error: unknown) => {
  const isForPeople =
    error instanceof EnvironmentError || error instanceof TerraformError || error instanceof MoveError;
  if (!isForPeople) throw error;
  process.stderr.write(`meridian: ${error.message}\n`);
  process.exitCode = 1;
});
