import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

// Loaded before a program (`node --import`): tells whoever asks how much CPU time the main thread has used so far, in microseconds. What orders a second are made of is that thread; the ledger's works off its
// queue at its own pace, also while another server is measured.
const server = createServer((_request, response) => {
  const { user, system } = process.threadCpuUsage();
  response.end(String(user + system));
});
server.listen(0, "127.0.0.1");
// The program begins behind this, so that it says last that it is ready.
await once(server, "listening");
process.stdout.write(`cpu: http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
server.unref();
