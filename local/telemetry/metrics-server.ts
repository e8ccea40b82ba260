import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { OpenMetrics } from "#shared/telemetry/open-metrics.ts";
import { listen } from "../listen.ts";

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers scrapes of one process at `/metrics`, on loopback: what it tells is not for clients. */
export async function startMetricsServer(open: OpenMetrics, port = 0): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method === "GET" && request.url === "/metrics") open.serve(request, response);
    else response.writeHead(404).end();
  });
  await listen(server, port, "127.0.0.1");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await open.close();
    },
  };
}
