import { withGrafanaToken } from "#shared/adapters/aws/grafana/with-grafana-token.ts";
import { type FunctionContext, Instrumented } from "#shared/adapters/aws/lambda/instrumented.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { readServiceConfig } from "#shared/config/service-config.ts";
import { dataSources } from "./data-sources.ts";
import { GrafanaApi } from "./grafana-api.ts";
import { type Published, publishBoards } from "./publish-boards.ts";
import { publishedBoards } from "./published-boards.ts";

const config = readServiceConfig("boards", process.env);
const region = config.MERIDIAN_REGION;
const instrumented = new Instrumented("boards", config.MERIDIAN_LOG);
const clock = systemClock();

/** Brings the boards into the environment's Grafana: an apply calls it whenever they, or where they look, have changed. What it throws ends the apply. */
export const handler = (_event: unknown, context: FunctionContext): Promise<Published> =>
  instrumented.run(context, async () => {
    const options = {
      region,
      workspaceId: config.MERIDIAN_GRAFANA_WORKSPACE,
      serviceAccountId: config.MERIDIAN_GRAFANA_ACCOUNT,
      clock,
      random: systemRandom(),
      onTrouble: (error: unknown) => instrumented.log.warn("token-not-deleted", { err: error }),
    };
    const content = {
      dataSources: dataSources({ metricsUrl: config.MERIDIAN_METRICS_URL, region }),
      boards: publishedBoards(config.MERIDIAN_RUNBOOKS_URL),
    };
    const published = await withGrafanaToken(options, (token) =>
      publishBoards(new GrafanaApi({ url: config.MERIDIAN_GRAFANA_URL, token, clock }), content),
    );
    instrumented.log.info("boards-published", published);
    return published;
  });
