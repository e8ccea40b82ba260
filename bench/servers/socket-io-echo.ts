import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";

/** The least that Socket.IO can do with an order: acknowledge it with itself. */
const server = createServer();
const io = new Server(server, { serveClient: false });
io.on("connection", (socket) => {
  socket.on("order", (order: unknown, answer: (order: unknown) => void) => answer(order));
});
server.listen(0, () =>
  process.stdout.write(`ready: http://localhost:${(server.address() as AddressInfo).port}\n`),
);
