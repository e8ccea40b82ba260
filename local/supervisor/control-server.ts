import { randomBytes, timingSafeEqual } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { z } from "zod";
import { listen } from "../listen.ts";
import type { PlatformControl } from "./platform-control.ts";

const SIGNAL = z.object({ signal: z.enum(["SIGKILL", "SIGSTOP", "SIGCONT"]) });
const region = z.string().max(64);
const LINK = z.object({
  from: region,
  to: region,
  isCut: z.boolean().optional(),
  delayMs: z.number().int().nonnegative().max(60_000).optional(),
  jitterMs: z.number().int().nonnegative().max(60_000).optional(),
  lossPpm: z.number().int().nonnegative().max(1_000_000).optional(),
});

const UPDATE = z.object({
  journalPerSecond: z.number().positive().nullable(),
  isLedgerStalled: z.boolean().optional(),
});
const EXPERIMENT = z.object({ forMs: z.number().int().positive().max(86_400_000) });
const SERVER = z.object({ isUp: z.boolean() });
const THROTTLE = z.object({ isThrottled: z.boolean() });
const PROMOTE = z.object({ to: region });

export interface ControlServer {
  close(): Promise<void>;
}

/** Lets experiments and tests see and disturb the platform, on loopback; the file says where, and holds the token that is needed. */
export async function startControlServer(control: PlatformControl, file: string): Promise<ControlServer> {
  const token = randomBytes(24).toString("base64url");
  const app = express();
  app.disable("x-powered-by");
  app.use((request, response, next) => {
    // Asked seldom: a connection that is kept would be found closed by the next question.
    response.set("Connection", "close");
    const given = Buffer.from(request.get("Authorization") ?? "");
    const wanted = Buffer.from(`Bearer ${token}`);
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) next();
    else response.status(401).json({ error: "the token of the control file is needed" });
  });
  app.use(express.json());
  app.get("/v1/status", (_request, response) => {
    response.json(control.status());
  });
  app.post("/v1/processes/{*name}", (request, response) => {
    const { signal } = SIGNAL.parse(request.body);
    const name = (request.params as unknown as { name: string[] }).name.join("/");
    if (control.signal(name, signal)) response.json({});
    else response.status(404).json({ error: `no process ${name}` });
  });
  app.post("/v1/links", (request, response) => {
    const { from, to, ...change } = LINK.parse(request.body);
    control.changeLink(
      { from, to },
      Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    );
    response.json({});
  });
  app.post("/v1/regions/:region", (request, response) => {
    if (control.update(request.params.region, UPDATE.parse(request.body))) response.json({});
    else response.status(404).json({ error: `no Region ${request.params.region}` });
  });
  app.post("/v1/servers/{*name}", async (request, response) => {
    const name = (request.params as unknown as { name: string[] }).name.join("/");
    if (await control.setServer(name, SERVER.parse(request.body).isUp)) response.json({});
    else response.status(404).json({ error: `no server ${name}` });
  });
  app.post("/v1/journals/:region", (request, response) => {
    const { isThrottled } = THROTTLE.parse(request.body);
    if (control.throttleJournal(request.params.region, isThrottled)) response.json({});
    else response.status(404).json({ error: `no table of ${request.params.region}` });
  });
  app.post("/v1/shards/:shard", async (request, response) => {
    const { status, body } = await control.promote(request.params.shard, PROMOTE.parse(request.body).to);
    if (status === 200) response.json(body);
    else response.status(409).json({ error: `the gateway answers ${status} ${JSON.stringify(body)}` });
  });
  app.post("/v1/experiments/:name", (request, response) => {
    control.beginExperiment(request.params.name, EXPERIMENT.parse(request.body).forMs);
    response.json({});
  });
  app.delete("/v1/experiments/:name", (request, response) => {
    control.endExperiment(request.params.name);
    response.json({});
  });
  app.delete("/v1/links", (_request, response) => {
    control.resetLinks();
    response.json({});
  });
  app.use(
    (error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(400).json({ error: error.message });
    },
  );
  const server = createServer(app);
  await listen(server, 0, "127.0.0.1");
  const { port } = server.address() as AddressInfo;
  writeFileSync(file, JSON.stringify({ url: `http://127.0.0.1:${port}`, token, pid: process.pid }), {
    mode: 0o600,
  });
  return {
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
