import type { EnvironmentName } from "#infra/environments/environments.ts";
import { resourcesOfType } from "#test/infra/platforms.ts";
import type { TaskSpec } from "./task.ts";

/** What every secret of a task holds here. */
export const TOKEN = "t".repeat(48);
export const LEDGER_SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:meridian-local-ledger";
export const SEALING_KEY = "arn:aws:kms:us-east-1:000000000000:key/mrk-local";

interface ContainerJson {
  readonly name: string;
  readonly command?: readonly string[];
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string }[];
}

/** The tasks of a Region (`gateway`, `matching-all-a`, …) as their task definitions have them: its command, and what it is told; secrets with something in them. */
export async function taskSpecs(
  environment: EnvironmentName,
): Promise<(region: string, name: string) => TaskSpec> {
  try {
    const specs = new Map<string, TaskSpec>();
    for (const { stack, block } of await resourcesOfType(environment, "aws_ecs_task_definition")) {
      const name = String(block.family).replace(`meridian-${environment}-`, "");
      const [container] = JSON.parse(String(block.container_definitions)) as ContainerJson[];
      const { command = [], environment: variables = [], secrets = [] } = container ?? {};
      const told = [...variables, ...secrets.map((secret) => ({ name: secret.name, value: TOKEN }))];
      specs.set(`${stack} ${name}`, {
        name,
        command,
        environment: Object.fromEntries(told.map((one) => [one.name, one.value])),
      });
    }
    return (region, name) => {
      const spec = specs.get(`region-${region} ${name}`);
      if (spec === undefined) throw new Error(`${name} is no task of ${environment} in ${region}`);
      return spec;
    };
  } finally {
  }
}

/** What is not AWS here, and what Terraform would have filled in. */
export function here(
  told: Readonly<Record<string, string>>,
  {
    fanout,
    issuer,
    account,
    ledger,
  }: { readonly fanout: string; readonly issuer: string; readonly account: string; readonly ledger: string },
): Record<string, string> {
  const values: Record<string, string> = {
    MERIDIAN_ACCOUNT_ID: account,
    MERIDIAN_FANOUT_URL: fanout,
    MERIDIAN_ISSUER: issuer,
    MERIDIAN_AUDIENCE: "meridian-client",
    MERIDIAN_SEALING_KEY: SEALING_KEY,
    MERIDIAN_LEDGER_HOST: ledger,
    MERIDIAN_LEDGER_SECRET: LEDGER_SECRET,
    // Nobody listens there.
    MERIDIAN_OTLP_ENDPOINT: "http://127.0.0.1:9",
    MERIDIAN_DRAIN_MS: "5000",
  };
  return Object.fromEntries(Object.entries(values).filter(([name]) => told[name] !== undefined));
}
