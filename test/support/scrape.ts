import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { OpenMetrics } from "#shared/telemetry/open-metrics.ts";

/** A process's metrics as Prometheus would read them over HTTP. */
export interface Scraped {
  /** The text of a scrape made now. */
  scrape(): Promise<string>;
  close(): Promise<void>;
}

export async function serveScrapes(open: OpenMetrics): Promise<Scraped> {
  const server = createServer((request, response) => open.serve(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    scrape: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    close: async () => {
      server.close();
      await open.close();
    },
  };
}
