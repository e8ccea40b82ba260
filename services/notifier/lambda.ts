import { pushStatuses } from "#services/serverless-door/push-statuses.ts";
import { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoConnections } from "#shared/adapters/aws/dynamodb/dynamo-connections.ts";
import { openDynamoNoticeStore } from "#shared/adapters/aws/dynamodb/dynamo-notice-store.ts";
import { createKmsSealer } from "#shared/adapters/aws/kms/kms-sealer.ts";
import { Instrumented } from "#shared/adapters/aws/lambda/instrumented.ts";
import { createManagementApiPoster } from "#shared/adapters/aws/lambda/management-api-poster.ts";
import { queueFunction } from "#shared/adapters/aws/lambda/queue-function.ts";
import { createSesMailer } from "#shared/adapters/aws/ses/ses-mailer.ts";
import { createGuardedWebPoster } from "#shared/adapters/real/guarded-web-poster.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { environmentPrefix } from "#shared/config/aws/names.ts";
import { defaultDefinitions, marketsById } from "#shared/config/definitions.ts";
import { readServiceConfig } from "#shared/config/service-config.ts";
import { handleWithAll } from "./handle-with-all.ts";
import { NoticeSender } from "./notice-sender.ts";
import { notifierHandler } from "./notifier-handler.ts";
import { sealedNotices } from "./sealed-notices.ts";
import { unsubscribeLinks } from "./unsubscribe-links.ts";

/** A call sends for so long, and ends before the function's time (25 s): the slowest receiver is waited for 5 s. */
const SEND_MS = 15_000;

const config = readServiceConfig("notifier", process.env);
const region = config.MERIDIAN_REGION;
const clock = systemClock();
const instrumented = new Instrumented("notifier", config.MERIDIAN_LOG);
const { log } = instrumented;
const dynamo = new Dynamo({ region, prefix: environmentPrefix(config.MERIDIAN_ENVIRONMENT), clock });
const sealer = createKmsSealer({ region, keyId: config.MERIDIAN_SEALING_KEY, random: systemRandom() });
const markets = marketsById(defaultDefinitions());
const store = sealedNotices(openDynamoNoticeStore({ dynamo }), sealer);
const sender = new NoticeSender({
  store,
  poster: createGuardedWebPoster(),
  mail: {
    mailer: createSesMailer({ region, from: config.MERIDIAN_MAIL_FROM }),
    links: unsubscribeLinks(sealer, config.MERIDIAN_PUBLIC_URL),
    markets,
  },
  clock,
  onGivenUp: ({ name, subscription }, reason) =>
    log.warn("notice-given-up", { event: name, subscription, reason }),
  onFailure: (error) => log.error("notices-not-sent", { error }),
});

/**
 * The notifier. It tells the serverless door's connections at once. For the rest, its queue brings events, which it writes down for whoever is to be told: a receiver that does not answer holds up nobody's market. The table's stream calls it when something waits there, and a schedule each minute for what is tried
 * again: then it sends.
 */
export const handler = queueFunction({
  consumer: "notifier",
  instrumented,
  handle: handleWithAll(
    notifierHandler({ store, clock, onAdded: () => {} }),
    pushStatuses({
      connections: openDynamoConnections({ dynamo }),
      poster: createManagementApiPoster(region, config.MERIDIAN_DOOR_ENDPOINT),
      markets,
      clock,
    }),
  ),
  onWake: () => {
    const end = clock.monotonic() + SEND_MS;
    return sender.sendDue(() => clock.monotonic() < end);
  },
});
