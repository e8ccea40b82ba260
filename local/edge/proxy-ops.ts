import { type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import { pipeline } from "node:stream";

const TIMEOUT_MS = 30_000;

/** Takes a question of the operations page to the process that watches the platform, which is on loopback. Only reads go through. */
export function proxyOps(request: IncomingMessage, response: ServerResponse, port: number): void {
  if (request.method !== "GET") {
    refuse(response, 405, "the operations page only reads");
    return;
  }
  if (port === 0) {
    refuse(response, 404, "this platform is not watched: start it with --observe");
    return;
  }
  const { authorization } = request.headers;
  const upstream = sendRequest({
    host: "127.0.0.1",
    port,
    path: request.url,
    headers: authorization === undefined ? {} : { authorization },
    timeout: TIMEOUT_MS,
  });
  upstream.once("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, {
      "Content-Type": answer.headers["content-type"] ?? "application/json",
      "Cache-Control": "no-store",
    });
    pipeline(answer, response, () => {});
  });
  upstream.once("timeout", () => upstream.destroy(new Error("no answer in time")));
  upstream.once("error", () => {
    if (response.headersSent) response.destroy();
    else refuse(response, 503, "the process that watches the platform does not answer");
  });
  response.once("close", () => upstream.destroy());
  upstream.end();
}

function refuse(response: ServerResponse, status: number, msg: string): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify({ msg }));
}
