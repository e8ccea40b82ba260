import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { createServer as createVite } from "vite";
import { listen } from "./listen.ts";

const CONFIG = fileURLToPath(new URL("../services/web/vite.config.ts", import.meta.url));

export interface PageServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The page from its sources: what changes there shows at once. Everything that is not the page goes to the gateway, so that there is one URL.
 * Throws `PortInUse`.
 */
export async function startPageServer(port: number, gateway: string): Promise<PageServer> {
  const server = createServer();
  const connections = new Set<Socket>();
  server.on("connection", (connection) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  await listen(server, port);
  // Vite reads it in the page's configuration, which sends the rest there.
  process.env.MERIDIAN_GATEWAY = gateway;
  const vite = await createVite({
    configFile: CONFIG,
    clearScreen: false,
    server: { middlewareMode: { server }, ws: { server } },
  });
  server.on("request", vite.middlewares);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      await vite.close();
      const closed = new Promise((resolve) => server.close(resolve));
      // An open page holds a connection that was upgraded, which the server itself no longer knows.
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}
