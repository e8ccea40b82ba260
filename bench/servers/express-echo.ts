import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";

/** The least that Express can do with an order: answer its parameters as JSON. What it costs to be asked at all. */
const app = express();
app.post("/api/v3/order", (request, response) => {
  response.json(request.query);
});
const server = createServer(app);
server.listen(0, () =>
  process.stdout.write(`ready: http://localhost:${(server.address() as AddressInfo).port}\n`),
);
