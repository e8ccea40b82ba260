import { openTcpRegionLink, type TcpRegionLink } from "#shared/adapters/embedded/tcp-region-link.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import type { LinkedRegions, LinkWorld } from "./region-link-contract.ts";

/** Regions that know each other, each with a port of its own on loopback. */
export async function openTcpLinks(regions: readonly RegionId[]): Promise<Map<RegionId, TcpRegionLink>> {
  const links = new Map<RegionId, TcpRegionLink>();
  for (const self of regions) links.set(self, await openLink(self));
  for (const [self, link] of links)
    for (const [peer, { port }] of links) if (peer !== self) link.setPeer(peer, { host: "127.0.0.1", port });
  return links;
}

export function openLink(self: RegionId, port = 0): Promise<TcpRegionLink> {
  return openTcpRegionLink({
    self,
    port,
    peers: new Map(),
    clock: systemClock(),
    random: seededRandom(SEED),
    onHandlerFailure: () => {},
  });
}

export const tcpLinks: LinkWorld = {
  world: "TCP",
  open: async (regions) => {
    const links = await openTcpLinks(regions);
    const link = (region: RegionId) => {
      const found = links.get(region);
      if (found === undefined) throw new Error(`no such Region: ${region}`);
      return found;
    };
    const linked: LinkedRegions = {
      link,
      stop: (region) => link(region).close(),
      run: (promise) => promise,
      close: async () => {
        await Promise.all([...links.values()].map((each) => each.close()));
      },
    };
    return linked;
  },
};
