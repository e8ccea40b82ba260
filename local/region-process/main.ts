import { dirname } from "node:path";
import pino from "pino";
import { DEFAULT_TIMING } from "#services/region/timing.ts";
import { openTcpRegionLink } from "#shared/adapters/embedded/tcp-region-link.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { startEmbeddedRegion } from "../embedded-region.ts";
import { openSharedIdentity } from "../shared-identity.ts";
import { regionLayout } from "../supervisor/layouts.ts";
import { runChild } from "../supervisor/run-child.ts";
import type { RegionConfig } from "./region-config.ts";

/** A Region's process: gateway, logs, stores, tables and the links to the other Regions; the fold is in its zones. */
runChild<RegionConfig>(async (config, context) => {
  const { region, regions, peers, dataFolder, zones, snapshotCommands } = config;
  const operatorToken = process.env.MERIDIAN_OPERATOR_TOKEN || undefined;
  const log = pino({ level: process.env.MERIDIAN_LOG ?? "warn", base: { region } });
  const identity = openSharedIdentity(dirname(dataFolder));
  const link = await openTcpRegionLink({
    self: region as RegionId,
    port: 0,
    peers: new Map(peers.map((peer) => [peer.region as RegionId, { host: "127.0.0.1", port: peer.port }])),
    clock: systemClock(),
    random: systemRandom(),
    onHandlerFailure: (kind, error) => log.error({ err: error, kind }, "link-handler-failed"),
  });
  context.reportPorts({ link: link.port });
  const running = await startEmbeddedRegion({
    port: 0,
    region,
    dataFolder,
    layout: regionLayout(region, regions.length),
    identity,
    faucet: true,
    rateLimits: "generous",
    trustProxyHops: 1,
    ...(operatorToken === undefined ? {} : { operatorToken }),
    ...(zones === 0 ? {} : { zones: { onPort: (port: number) => context.reportPorts({ zones: port }) } }),
    peers: {
      regions: regions as readonly RegionId[],
      link,
      timing: DEFAULT_TIMING,
      onDivergence: (shard) => log.error({ shard }, "tape-divergence"),
    },
    snapshotCommands,
    log,
    onFailure: context.fail,
  });
  context.reportPorts({ gateway: running.port });
  return {
    ...running,
    stop: async () => {
      await running.stop();
      await link.close();
      await identity.close();
    },
  };
});
