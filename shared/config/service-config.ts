import type { z } from "zod";
import { type ServiceVariable, VARIABLES, type VariableName } from "./service-variables.ts";

const COMMON = [
  "MERIDIAN_ENVIRONMENT",
  "MERIDIAN_ACCOUNT_ID",
  "MERIDIAN_REGION",
  "MERIDIAN_REGIONS",
  "MERIDIAN_LOG",
] as const satisfies readonly VariableName[];
const TASK = [...COMMON, "MERIDIAN_OTLP_ENDPOINT", "MERIDIAN_PORT", "MERIDIAN_DRAIN_MS"] as const;
const FANOUT = ["MERIDIAN_FANOUT_URL", "MERIDIAN_FANOUT_TOKEN"] as const;
const MAIL = ["MERIDIAN_MAIL_FROM", "MERIDIAN_PUBLIC_URL"] as const;
const LEDGER = ["MERIDIAN_LEDGER_HOST", "MERIDIAN_LEDGER_SECRET"] as const;
const IDENTITY = ["MERIDIAN_ISSUER", "MERIDIAN_AUDIENCE", "MERIDIAN_SEALING_KEY"] as const;

/** The variables of each deployed service. Infrastructure sets exactly these, and a test compares them. */
export const SERVICES = {
  gateway: [
    ...TASK,
    ...FANOUT,
    ...IDENTITY,
    ...MAIL,
    ...LEDGER,
    "MERIDIAN_OPERATOR_TOKEN",
    "MERIDIAN_TEST_FUNDS",
  ],
  matching: [
    ...TASK,
    ...FANOUT,
    "MERIDIAN_ZONE",
    "MERIDIAN_ZONE_SLOT",
    "MERIDIAN_SHARDS",
    "MERIDIAN_LOG_READING",
    "MERIDIAN_MARKET_FEED",
  ],
  reconciliation: [...TASK, "MERIDIAN_SEARCH_HOST"],
  projector: [...COMMON],
  ledger: [...COMMON, ...LEDGER],
  notifier: [...COMMON, "MERIDIAN_SEALING_KEY", ...MAIL, "MERIDIAN_DOOR_ENDPOINT"],
  "serverless-door": [...COMMON, ...IDENTITY, "MERIDIAN_GATEWAY_URL"],
  boards: [
    ...COMMON,
    "MERIDIAN_GRAFANA_WORKSPACE",
    "MERIDIAN_GRAFANA_URL",
    "MERIDIAN_GRAFANA_ACCOUNT",
    "MERIDIAN_METRICS_URL",
    "MERIDIAN_RUNBOOKS_URL",
  ],
} as const satisfies Record<string, readonly VariableName[]>;

export type ServiceName = keyof typeof SERVICES;

/** A service's configuration, by the names of its variables. */
export type ServiceConfig<Service extends ServiceName> = {
  readonly [Name in (typeof SERVICES)[Service][number]]: z.infer<(typeof VARIABLES)[Name]["schema"]>;
};

/** What is wrong with a service's environment, in one line. */
export class ServiceConfigError extends Error {
  override readonly name = "ServiceConfigError";
}

/**
 * Reads a service's variables. Throws `ServiceConfigError`, one line that names everything missing, bad or unknown: a
 * `MERIDIAN_` variable that the service does not know is a slip, and is refused rather than ignored.
 */
export function readServiceConfig<Service extends ServiceName>(
  service: Service,
  environment: Readonly<Record<string, string | undefined>>,
): ServiceConfig<Service> {
  const names: readonly VariableName[] = SERVICES[service];
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const variable: ServiceVariable<unknown> = VARIABLES[name];
    const text = environment[name];
    if (text === undefined || text === "") {
      if (variable.absent === undefined) problems.push(`${name} is not set (${variable.what})`);
      else values[name] = variable.absent;
      continue;
    }
    const read = variable.schema.safeParse(text);
    if (read.success) values[name] = read.data;
    else problems.push(`${name} is ${shown(variable, text)}; it is ${variable.what}, as ${variable.example}`);
  }
  for (const name of Object.keys(environment))
    if (name.startsWith("MERIDIAN_") && !names.some((known) => known === name))
      problems.push(`${name} is not a variable of ${service}`);
  if (problems.length > 0) throw new ServiceConfigError(`${service}: ${problems.join("; ")}`);
  return values as ServiceConfig<Service>;
}

/** A secret's value is not shown, not even a wrong one. */
function shown(variable: ServiceVariable<unknown>, text: string): string {
  return variable.secret ? "not as it should be" : JSON.stringify(text);
}
