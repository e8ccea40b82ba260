import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import express from "express";
import { afterEach, beforeEach, describe, it } from "mocha";
import { authenticateRequest } from "#services/gateway/identity/authenticate-request.ts";
import type { Authenticator } from "#services/gateway/identity/principal.ts";
import { countKeyUsage } from "#services/gateway/telemetry/key-usage.ts";
import { SILENT_LOG } from "#shared/telemetry/log.ts";
import type { LogFields } from "#shared/telemetry/log-fields.ts";
import { type ManualClock, manualClock } from "#test/support/manual-clock.ts";

const MINUTE_MS = 60_000;
const keyOf = (name: string) => name.padEnd(64, "x");
/** Believes every signature. */
const AUTHENTICATOR = {
  bySignature: async ({ apiKey }) => ({ account: 7, user: "ada", via: "api-key", apiKey, canTrade: true }),
} as Partial<Authenticator> as Authenticator;

describe("the use of API keys, as the log tells it", () => {
  let told: LogFields[];
  let clock: ManualClock;
  let server: Server;
  let url: string;
  beforeEach(async () => {
    told = [];
    clock = manualClock();
    const log = { ...SILENT_LOG, info: (fields: LogFields) => told.push(fields) };
    const app = express().use(countKeyUsage(log, clock));
    app.get("/by-key/:status", async (request, response) => {
      await authenticateRequest(request, AUTHENTICATOR, "user-data");
      response.sendStatus(Number(request.params.status));
    });
    app.get("/public", (_request, response) => {
      response.sendStatus(200);
    });
    server = createServer(app).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  /** A connection of its own, which ends when it is answered: then the server knows that it was. */
  const ask = async (path: string, key?: string) => {
    const closed = new Promise((resolve) =>
      server.once("request", (_, response) => response.once("close", resolve)),
    );
    const headers = key === undefined ? {} : { "X-MBX-APIKEY": keyOf(key) };
    await (await fetch(`${url}${path}`, { headers })).text();
    await closed;
  };

  it("is told once a minute, by the key's first characters, with what was refused", async () => {
    await ask("/by-key/200?signature=00", "ada-key-1");
    await ask("/by-key/400?signature=00", "ada-key-1");
    await ask("/by-key/200?signature=00", "bob-key-1");
    await ask("/public");
    expect(told, "before the minute is over").to.deep.equal([]);
    clock.advance(MINUTE_MS);
    expect(told).to.deep.equal([
      { keyName: "ada-key-", account: 7, requests: 2, refused: 1 },
      { keyName: "bob-key-", account: 7, requests: 1, refused: 0 },
    ]);
  });

  it("begins anew each minute, and says nothing while no key is used", async () => {
    await ask("/by-key/200?signature=00", "ada-key-1");
    clock.advance(MINUTE_MS);
    clock.advance(10 * MINUTE_MS);
    expect(told).to.have.lengthOf(1);
    await ask("/by-key/200?signature=00", "ada-key-1");
    clock.advance(MINUTE_MS);
    expect(told).to.deep.equal([
      { keyName: "ada-key-", account: 7, requests: 1, refused: 0 },
      { keyName: "ada-key-", account: 7, requests: 1, refused: 0 },
    ]);
  });
});
