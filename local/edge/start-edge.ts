import { Agent, createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import express from "express";
import { securityHeaders } from "#services/gateway/rest/security-headers.ts";
import { webFiles } from "#services/gateway/rest/web-files.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";
import { listen } from "../listen.ts";
import { clientLocation } from "./client-location.ts";
import { LOCATIONS, roundTripMs } from "./locations.ts";
import { proxyOps } from "./proxy-ops.ts";
import { type ProxyResult, proxyRequest } from "./proxy-request.ts";
import { proxyUpgrade } from "./proxy-upgrade.ts";
import { type EdgeRegion, RegionHealth, type RegionHealthReport } from "./region-health.ts";
import { routeClient } from "./route-client.ts";

export interface EdgeOptions {
  /** 0 for any free port. */
  readonly port: number;
  readonly regions: readonly EdgeRegion[];
  /** The built page; none for an edge without one. */
  readonly webFolder?: string;
  /** Where the operations page's questions are answered; 0 where nobody watches the platform. */
  readonly opsPort?: () => number;
  readonly clock: Clock;
  readonly metrics?: Metrics;
  readonly onHealth?: (report: RegionHealthReport) => void;
}

export interface Edge {
  readonly url: string;
  readonly port: number;
  readonly regions: readonly RegionHealthReport[];
  setRegions(regions: readonly EdgeRegion[]): void;
  stop(): Promise<void>;
}

/** Paths that gateways answer; everything else is the page. */
const PROGRAM_PATH =
  /^\/(api|sapi|fapi|dapi|meridian|orders|socket\.io|ws|stream|healthz|readyz|docs|openapi\.json)(\/|\?|$)/;

/** What the operations page asks; the page itself is a file as the other one. */
const OPS_PATH = /^\/ops\/v\d+\//;

/**
 * What CloudFront and Route 53 are on AWS: serves the page, and takes every other request to the nearest healthy Region, as far away as it would be.
 * Throws `PortInUse`.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { port, regions, webFolder, opsPort = () => 0, clock, metrics = NO_METRICS, onHealth } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const upgraded = new Map<string, Set<() => void>>();
  const health = new RegionHealth({
    clock,
    onChange: (report) => {
      // Whoever holds a connection to it should look for another Region.
      if (!report.isHealthy) for (const close of [...(upgraded.get(report.region) ?? [])]) close();
      onHealth?.(report);
    },
  });
  metrics.observe("meridian_edge_region_healthy", () =>
    health.reports.map(({ region, isHealthy }) => ({ value: isHealthy ? 1 : 0, labels: { to: region } })),
  );
  metrics.observe("meridian_edge_sockets", () =>
    health.reports.map(({ region }) => ({
      value: upgraded.get(region)?.size ?? 0,
      labels: { to: region },
    })),
  );
  const dependencies = {
    clock,
    agent,
    route: (request: IncomingMessage, tried: ReadonlySet<string>) => routeClient(request, health, tried),
    onRefused: (region: string) => {
      metrics.add("meridian_edge_failovers_total", { from: region });
      health.noteRefused(region);
    },
    onDone: (to: string, result: ProxyResult) => metrics.add("meridian_edge_requests_total", { to, result }),
    onOpen: (region: string, close: () => void) => {
      const open = upgraded.get(region) ?? new Set();
      upgraded.set(region, open.add(close));
      return () => open.delete(close);
    },
  };

  const app = express();
  app.disable("x-powered-by");
  app.get("/edge/v1/regions", (request, response) => {
    const location = clientLocation(request);
    response.set("Cache-Control", "no-store").json({
      location: location ?? null,
      nearest: routeClient(request, health, new Set())?.region ?? null,
      regions: health.reports.map((report) => ({
        region: report.region,
        healthy: report.isHealthy,
        since: report.since,
        reasons: report.reasons,
        roundTripMs: roundTripMs(location, report.region),
      })),
      locations: LOCATIONS,
    });
  });
  app.use((request, response, next) => {
    if (OPS_PATH.test(request.url)) proxyOps(request, response, opsPort());
    else next();
  });
  app.use((request, response, next) => {
    if (webFolder === undefined || PROGRAM_PATH.test(request.url))
      proxyRequest(request, response, dependencies);
    else next();
  });
  if (webFolder !== undefined) app.use(securityHeaders(), webFiles(webFolder));
  // What is neither: a gateway says so in its own words.
  app.use((request, response) => proxyRequest(request, response, dependencies));

  const server = createServer(app);
  server.requestTimeout = 0;
  const connections = new Set<Socket>();
  server.on("connection", (socket) => {
    socket.setNoDelay(true);
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("upgrade", (request, socket, head) => proxyUpgrade(request, socket, head, dependencies));
  await listen(server, port);
  health.setRegions(regions);
  health.start();
  const address = server.address() as AddressInfo;
  return {
    url: `http://localhost:${address.port}`,
    port: address.port,
    get regions() {
      return health.reports;
    },
    setRegions: (now) => health.setRegions(now),
    stop: async () => {
      health.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of connections) connection.destroy();
      agent.destroy();
      await closed;
    },
  };
}
