import { VARIABLES } from "#dashboards/variables.ts";
import type { OpsChoices } from "#shared/protocol/ops-messages.ts";
import type { PrometheusClient } from "./prometheus-client.ts";

/** What boards can be narrowed to: the Regions, shards and markets that there are now. */
export async function choicesAnswer(client: PrometheusClient): Promise<OpsChoices> {
  const entries = await Promise.all(
    VARIABLES.map(async ({ name, of }) => {
      const found = await client.query(`group by (${name}) (${of})`);
      return [name, found.flatMap(({ metric }) => metric[name] ?? []).toSorted()] as const;
    }),
  );
  return Object.fromEntries(entries) as unknown as OpsChoices;
}
