import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A collector that takes everything and keeps nothing. */
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.setHeader("Content-Type", "application/json").end("{}"));
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`ready: http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once("SIGTERM", () => process.exit(0));
