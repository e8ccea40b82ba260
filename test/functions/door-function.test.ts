import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { mapQueue } from "#local/aws-local/map-queue.ts";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { type LocalKms, startKms } from "#local/aws-local/start-kms.ts";
import { createIdentityService, type IdentityService } from "#services/gateway/identity/identity-service.ts";
import { createTables } from "#shared/adapters/aws/dynamodb/create-tables.ts";
import { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoConnections } from "#shared/adapters/aws/dynamodb/dynamo-connections.ts";
import { openDynamoIdentityStore } from "#shared/adapters/aws/dynamodb/dynamo-identity-store.ts";
import { createKmsSealer } from "#shared/adapters/aws/kms/kms-sealer.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { environmentPrefix } from "#shared/config/aws/names.ts";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";
import type { Connections } from "#shared/ports/connections.ts";
import { isDynamoDbHere } from "#test/contract/support/dynamodb-here.ts";
import { canceledMessage, tradeMessage } from "#test/contract/support/sample-messages.ts";
import { eventually } from "#test/support/eventually.ts";
import { ENVIRONMENT, functionOf, isIdle, type LocalBuses, REGION, startBuses } from "./local-world.ts";

const KEY = "arn:aws:kms:us-east-1:111122223333:key/mrk-local";
const ACCOUNT = 1 as AccountId;

interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** An address that writes down what it is asked, and answers as it is told. */
async function listener(answer: (request: Request) => { status: number; body: object }) {
  const heard: Request[] = [];
  const server: Server = createServer(async (message, response) => {
    let body = "";
    for await (const chunk of message) body += String(chunk);
    const request = { path: message.url ?? "", headers: message.headers, body };
    heard.push(request);
    const { status, body: said } = answer(request);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(said));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    heard,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

if (isDynamoDbHere())
  describe("the serverless door's function and the notifier's, as they are deployed", function () {
    this.timeout(120_000);
    const door = functionOf("serverless-door");
    const notifier = functionOf("notifier");
    const closers: (() => unknown)[] = [];
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    let server: RunningServer;
    let buses: LocalBuses;
    let kms: LocalKms;
    let dynamo: Dynamo;
    let connections: Connections;
    let identity: IdentityService;
    let common: Record<string, string>;

    before(async () => {
      [server, buses, kms] = await Promise.all([
        startDynamoDb({ clock: systemClock() }),
        startBuses(),
        startKms(undefined, KEY),
      ]);
      const prefix = environmentPrefix(ENVIRONMENT);
      const [clock, random] = [systemClock(), systemRandom()];
      dynamo = new Dynamo({ region: REGION, endpoint: server.url, credentials, clock, prefix });
      await createTables(dynamo, ["notices", "connections", "identity"]);
      connections = openDynamoConnections({ dynamo });
      const sealer = createKmsSealer({ region: REGION, endpoint: kms.url, credentials, keyId: KEY, random });
      identity = await createIdentityService({
        ...{
          store: openDynamoIdentityStore({ dynamo, sealer }),
          clock,
          random,
          sessionLifetimeSeconds: 3600,
        },
        mintAccount: () => ACCOUNT,
        sealerOf: (key) => createLocalSealer(key, random),
      });
      common = {
        MERIDIAN_SEALING_KEY: KEY,
        AWS_ENDPOINT_URL_DYNAMODB: server.url,
        AWS_ENDPOINT_URL_KMS: kms.url,
      };
    });
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close();
      await Promise.all([door.killAll(), notifier.killAll()]);
    });
    after(async () => {
      dynamo?.close();
      await Promise.all([server?.stop(), buses?.stop(), kms?.close()]);
      for (const each of [door, notifier]) each.remove();
    });

    it("lets in a session that a gateway opened, hands its order on in its name, and forgets it when it is gone", async () => {
      const gateway = await listener(() => ({ status: 200, body: { orderId: "1", status: "NEW" } }));
      closers.push(gateway.close);
      const { token } = await identity.signUp("ada", "correct horse battery");
      const running = await door.start({
        ...common,
        MERIDIAN_GATEWAY_URL: gateway.url,
        MERIDIAN_ISSUER: "https://issuer.example",
        MERIDIAN_AUDIENCE: "client",
      });
      const event = (eventType: string, more: object = {}) =>
        running.call({
          requestContext: { eventType, connectionId: "c1=", identity: { sourceIp: "192.0.2.7" } },
          ...more,
        }) as Promise<{ statusCode: number; body?: string }>;
      const refused = await event("CONNECT", { queryStringParameters: { token: `${token}x` } });
      expect(refused.statusCode).to.equal(401);
      expect(await event("CONNECT", { queryStringParameters: { token } })).to.deep.equal({ statusCode: 200 });
      const kept = await connections.connection("c1=");
      expect(kept).to.include({ account: ACCOUNT, via: "session" });
      expect(Buffer.from(kept?.credential ?? []).includes(token), "the token is sealed").to.equal(false);
      const body = JSON.stringify({ orderId: "1", type: "SELL", userID: "ada", coinID: "BTC", quantity: 1 });
      const answer = await event("MESSAGE", { body });
      expect(JSON.parse(answer.body ?? "{}")).to.deep.equal({
        ...{ kind: "accepted", side: "sell", orderId: "1", status: "NEW" },
      });
      expect(gateway.heard).to.have.length(1);
      expect(gateway.heard[0]).to.include({ path: "/orders", body });
      expect(gateway.heard[0]?.headers).to.include({
        authorization: `Bearer ${token}`,
        "x-meridian-connection": "c1=",
        "x-forwarded-for": "192.0.2.7",
      });
      await event("DISCONNECT");
      expect(await connections.connection("c1=")).to.equal(undefined);
      const late = await event("MESSAGE", { body });
      expect(JSON.parse(late.body ?? "{}")).to.include({ kind: "refused", code: -1002 });
    });

    it("pushes what becomes of an order to who waits for it, drops a connection that is gone, and tries again what failed", async () => {
      let failures = 1;
      const management = await listener(({ path }) => {
        if (path.includes("gone")) return { status: 410, body: {} };
        return failures-- > 0 ? { status: 500, body: {} } : { status: 200, body: {} };
      });
      closers.push(management.close);
      const wait = (orderId: number, connectionId: string, account: number) =>
        connections.add({
          ...{ orderId: orderId as OrderId, connectionId, account: account as AccountId },
          ...{ clientOrderId: `mine-${orderId}`, expiresAt: 2_000_000_000 },
        });
      // Of the trade of seq 50 the maker is 100, of account 1, the taker 101, of account 2.
      await wait(100, "here", 1);
      await wait(100, "gone", 1);
      await wait(101, "somebody-else", 3);
      const { bus, queueOf } = await buses.open(5);
      const target = await notifier.start({
        ...common,
        MERIDIAN_MAIL_FROM: "no-reply@meridian.example",
        MERIDIAN_PUBLIC_URL: "https://api-us-east-1.meridian.example",
        MERIDIAN_DOOR_ENDPOINT: `${management.url}/live`,
      });
      const mapping = mapQueue({ queue: queueOf("notifier"), target, waitSeconds: 1 });
      closers.push(() => mapping.stop());
      await bus.publish([tradeMessage(50), canceledMessage(51)]);
      await eventually(() => isIdle(bus, "notifier"));
      const told = management.heard.filter(
        ({ path }) => path === "/live/%40connections/here" || path === "/live/@connections/here",
      );
      expect(told.length, "once more than failed, at least").to.be.greaterThan(1);
      const last = JSON.parse(told.at(-1)?.body ?? "{}") as Record<string, unknown>;
      expect(last).to.include({
        kind: "match",
        orderId: "mine-100",
        meridianOrderId: 100,
        final: true,
        ended: true,
      });
      expect(management.heard.filter(({ path }) => path.includes("somebody-else"))).to.deep.equal([]);
      expect((await connections.of(100 as OrderId)).map(({ connectionId }) => connectionId)).to.deep.equal([
        "here",
      ]);
    });
  });
