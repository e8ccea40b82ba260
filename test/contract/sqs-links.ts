import { SQSClient } from "@aws-sdk/client-sqs";
import { createLinkQueue } from "#shared/adapters/aws/link/create-link-queue.ts";
import { LinkQueue } from "#shared/adapters/aws/link/link-queue.ts";
import { openSqsRegionLink, type SqsRegionLink } from "#shared/adapters/aws/link/sqs-region-link.ts";
import { LOCAL_CREDENTIALS } from "#shared/adapters/aws/region/aws-place.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { RegionId } from "#shared/domain/ids.ts";

/** Where a queue of a Region is on a server of this machine. */
export function linkPlace(endpoint: string, region: string) {
  return { region, endpoint, credentials: LOCAL_CREDENTIALS };
}

/** Makes a link's queue in each Region. */
export async function createLinkQueues(endpoint: string, regions: readonly string[], name: string) {
  for (const region of regions) {
    const sqs = new SQSClient({ ...linkPlace(endpoint, region), useQueueUrlAsEndpoint: false });
    await createLinkQueue(sqs, name);
    sqs.destroy();
  }
}

/** Opens a Region's side of the link over such queues. */
export function openSqsLink(
  endpoint: string,
  self: RegionId,
  regions: readonly RegionId[],
  name: string,
): SqsRegionLink {
  const queueOf = (region: RegionId) =>
    new LinkQueue({ place: linkPlace(endpoint, region), name, waitSeconds: 1 });
  return openSqsRegionLink({
    self,
    own: queueOf(self),
    peers: new Map(regions.filter((region) => region !== self).map((region) => [region, queueOf(region)])),
    clock: systemClock(),
    random: systemRandom(),
    onHandlerFailure: () => {},
    onTrouble: () => {},
  });
}
