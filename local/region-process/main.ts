import pino from "pino";
import { startEmbeddedRegion } from "../embedded-region.ts";
import { runChild } from "../supervisor/run-child.ts";
import type { RegionConfig } from "./region-config.ts";

/** A Region's process: gateway, logs, stores and tables; the fold is in its zones. */
runChild<RegionConfig>(async ({ region, dataFolder, zones, snapshotCommands }, context) => {
  const operatorToken = process.env.MERIDIAN_OPERATOR_TOKEN || undefined;
  const running = await startEmbeddedRegion({
    port: 0,
    region,
    dataFolder,
    faucet: true,
    rateLimits: "generous",
    trustProxyHops: 1,
    ...(operatorToken === undefined ? {} : { operatorToken }),
    ...(zones === 0 ? {} : { zones: { onPort: (port: number) => context.reportPorts({ zones: port }) } }),
    snapshotCommands,
    log: pino({ level: process.env.MERIDIAN_LOG ?? "warn", base: { region } }),
    onFailure: context.fail,
  });
  context.reportPorts({ gateway: running.port });
  return running;
});
