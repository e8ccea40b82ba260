import type { Server } from "node:http";
import type { Clock } from "#shared/ports/clock.ts";

/** Lets requests under way end, but not for longer than `graceMs`; idle connections close at once, and busy ones behind their next answer. */
export function closeServer(server: Server, clock: Clock, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
    const deadline = clock.schedule(graceMs, () => server.closeAllConnections());
    server.close(() => {
      deadline.cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
