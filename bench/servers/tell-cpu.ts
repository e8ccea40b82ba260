import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

// Loaded before a program (`node --import`): tells whoever asks how much CPU time the process has used so far, all its threads together, in microseconds.
const server = createServer((_request, response) => {
  const { user, system } = process.cpuUsage();
  response.end(String(user + system));
});
server.listen(0, "127.0.0.1");
// The program begins behind this, so that it says last that it is ready.
await once(server, "listening");
process.stdout.write(`cpu: http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
server.unref();
