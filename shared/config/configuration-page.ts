import { SERVICES } from "./service-config.ts";
import { type ServiceVariable, VARIABLES } from "./service-variables.ts";

/** docs/configuration.md, from the schema. */
export function configurationPage(): string {
  const lines = [
    "# Configuration",
    "",
    "The variables of the services as deployed on AWS. This page is written from [service-variables.ts](../shared/config/service-variables.ts) by `npm run infra -- configuration`; a test compares them, and",
    "another that infrastructure sets exactly these.",
    "",
    "A service that misses one, or finds a bad or an unknown `MERIDIAN_` variable, ends at once with one line that says which. Where a stream, a table, a topic or a queue is, no variable says: their names follow",
    "from the environment's ([names.ts](../shared/config/aws/names.ts)).",
    "",
    "| variable | what it is | example | services |",
    "| --- | --- | --- | --- |",
  ];
  for (const [name, variable] of Object.entries<ServiceVariable<unknown>>(VARIABLES)) {
    const services = Object.entries(SERVICES).filter(([, names]) => names.some((one) => one === name));
    const everywhere = services.length === Object.keys(SERVICES).length;
    const what = [
      variable.what,
      variable.secret ? "a secret" : "",
      variable.absent === undefined ? "" : `\`${String(variable.absent)}\` without it`,
    ];
    lines.push(
      `| \`${name}\` | ${what.filter((one) => one !== "").join("; ")} | ${variable.secret ? "" : `\`${variable.example}\``} | ${everywhere ? "all" : services.map(([service]) => service).join(", ")} |`,
    );
  }
  return `${lines.join("\n")}\n`;
}
