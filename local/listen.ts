import { createServer, type Server } from "node:http";
import { PortInUse } from "./port-in-use.ts";

/** Opens a port, on all addresses or on one; 0 for any free one. Throws `PortInUse`. */
export function listen(server: Server, port: number, host?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE" || error.code === "EACCES" ? new PortInUse(port, error.code) : error,
      );
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => resolve());
  });
}

/** Throws `PortInUse` if a port cannot be listened on now. */
export async function checkPort(port: number): Promise<void> {
  const server = createServer();
  await listen(server, port);
  await new Promise((resolve) => server.close(resolve));
}
