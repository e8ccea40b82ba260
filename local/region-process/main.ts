import { dirname, join } from "node:path";
import { AWS_TIMING, DEFAULT_TIMING } from "#services/region/timing.ts";
import { openTcpRegionLink } from "#shared/adapters/embedded/tcp-region-link.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { openMetrics } from "#shared/telemetry/open-metrics.ts";
import { awsLocalBackend } from "../backend/aws-local-backend.ts";
import { embeddedBackend } from "../backend/embedded-backend.ts";
import { startRegion } from "../embedded-region.ts";
import { openSharedIdentity } from "../shared-identity.ts";
import { regionLayout } from "../supervisor/layouts.ts";
import { runChild } from "../supervisor/run-child.ts";
import { startMetricsServer } from "../telemetry/metrics-server.ts";
import { processLog } from "../telemetry/process-log.ts";
import { tracesFromEnvironment } from "../telemetry/traces-from-environment.ts";
import { JournalThrottle } from "./journal-throttle.ts";
import { LedgerStall } from "./ledger-stall.ts";
import type { RegionConfig } from "./region-config.ts";
import type { RegionUpdate } from "./region-update.ts";

const OBSERVE_MS = 200;

/** A Region's process: gateway, logs, stores, tables and the links to the other Regions; the fold is in its zones. */
runChild<RegionConfig>(async (config, context) => {
  const { region, regions, peers, dataFolder, zones, operators, snapshotCommands, awsLocal } = config;
  const open = openMetrics({ service: "gateway", region, otlpUrl: process.env.OTEL_EXPORTER_OTLP_ENDPOINT });
  const metricsServer = await startMetricsServer(open);
  context.reportPorts({ metrics: metricsServer.port });
  const clock = systemClock();
  const own = { service: "gateway", region, clock, metrics: open.metrics };
  const traces = tracesFromEnvironment(own, process.env);
  const trace = () => traces?.tracing.current();
  const log = processLog({ service: "gateway", region, secrets: operators.map(({ token }) => token), trace });
  const throttle = new JournalThrottle(clock);
  const stall = new LedgerStall();
  const take = ({ journalPerSecond, isLedgerStalled = false }: RegionUpdate) => {
    throttle.set(journalPerSecond ?? undefined);
    stall.set(isLedgerStalled);
  };
  take(config.update);
  context.onUpdate((update) => take(update as RegionUpdate));
  const random = systemRandom();
  const identity = awsLocal === null ? openSharedIdentity(dirname(dataFolder)) : undefined;
  const link = await openTcpRegionLink({
    self: region as RegionId,
    port: 0,
    peers: new Map(peers.map((peer) => [peer.region as RegionId, { host: "127.0.0.1", port: peer.port }])),
    clock,
    random,
    onHandlerFailure: (kind, error) => log.error({ err: error, kind }, "link-handler-failed"),
  });
  context.reportPorts({ link: link.port });
  const openBackend =
    awsLocal === null
      ? embeddedBackend({
          dataFolder,
          layout: regionLayout(region, regions.length),
          identity,
          wrapJournal: (journal) => throttle.wrap(journal),
          clock,
        })
      : awsLocalBackend({
          config: awsLocal,
          regions: regions as readonly RegionId[],
          clock,
          random,
          log,
        });
  const running = await startRegion({
    port: 0,
    region,
    openBackend,
    eventsFolder: join(dataFolder, "events"),
    faucet: true,
    events: { wrapLedger: (handle) => stall.wrap(handle) },
    rateLimits: "generous",
    trustProxyHops: 1,
    operators,
    ...(zones === 0 ? {} : { zones: { onPort: (port: number) => context.reportPorts({ zones: port }) } }),
    peers: {
      regions: regions as readonly RegionId[],
      link,
      timing: awsLocal === null ? DEFAULT_TIMING : AWS_TIMING,
      onDivergence: (shard) => {
        log.error({ shard }, "tape-divergence");
        open.metrics.add("meridian_tape_divergences_total", { shard });
        context.reportDivergence(shard);
      },
    },
    metrics: open.metrics,
    traces,
    snapshotCommands,
    log,
    onFailure: context.fail,
  });
  context.reportPorts({ gateway: running.port });
  let timer = clock.schedule(0, observe);
  function observe(): void {
    context.reportObservation(running.observe());
    timer = clock.schedule(OBSERVE_MS, observe);
  }
  return {
    ...running,
    stop: async () => {
      timer.cancel();
      await running.stop();
      await link.close();
      await identity?.close();
      await traces?.close();
      await metricsServer.close();
    },
  };
});
