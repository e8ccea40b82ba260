import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, request as sendRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { type Edge, startEdge } from "#local/edge/start-edge.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { oneStory } from "#test/support/one-story.ts";
import { type PlatformProcess, startPlatformProcess } from "#test/support/platform-process.ts";
import { recordedMetrics } from "#test/support/recorded-metrics.ts";
import { signUpTrader } from "#test/support/test-trader.ts";
import { connectSocket } from "./feed-recorder.ts";

const [VIRGINIA, IRELAND] = ["us-east-1", "eu-west-1"] as const;
const PAGE = fileURLToPath(new URL("../../services/web", import.meta.url));

describe("the edge before two real gateways", function () {
  this.timeout(60_000);
  oneStory();
  const folders = temporaryFolders();
  const folderOf = new Map<string, string>();
  const processes = new Map<string, PlatformProcess>();
  const metrics = recordedMetrics();
  let edge: Edge;

  before(async () => {
    for (const region of [VIRGINIA, IRELAND]) {
      folderOf.set(region, folders.make());
      await start(region);
    }
    edge = await startEdge({ port: 0, regions: regionsNow(), clock: systemClock(), metrics });
    await bothHealthy();
  });

  after(async () => {
    await edge?.stop();
    for (const each of processes.values()) await each.kill("SIGKILL");
    folders.removeAll();
  });

  it("takes each client to the Region that is nearest to it, and says which", async () => {
    expect(await regionOf("new-york")).to.equal(VIRGINIA);
    expect(await regionOf("london")).to.equal(IRELAND);
    expect(await regionOf("frankfurt")).to.equal(IRELAND);
    expect(await regionOf("atlantis"), "as one that says nothing").to.equal(VIRGINIA);
    const byQuery = await fetch(`${edge.url}/api/v3/time?location=london`);
    expect(byQuery.headers.get("X-Meridian-Region")).to.equal(IRELAND);
    const byCookie = await fetch(`${edge.url}/api/v3/time`, {
      headers: { Cookie: "a=b; meridian_location=london" },
    });
    expect(byCookie.headers.get("X-Meridian-Region")).to.equal(IRELAND);
  });

  it("tells what it knows of the Regions", async () => {
    const answer = await fetch(`${edge.url}/edge/v1/regions`, {
      headers: { "X-Meridian-Location": "london" },
    });
    const body = (await answer.json()) as { nearest: string; location: string; regions: object[] };
    expect(body).to.deep.include({ location: "london", nearest: IRELAND });
    expect(body.regions.map((each) => ({ ...each, since: 0 }))).to.deep.equal([
      { region: VIRGINIA, healthy: true, since: 0, reasons: [], roundTripMs: 76 },
      { region: IRELAND, healthy: true, since: 0, reasons: [], roundTripMs: 10 },
    ]);
  });

  it("carries sign-up, funds and orders", async () => {
    const trader = await signUpTrader(edge.url, "ada");
    const order = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.0010" };
    const placed = await trader.post("/api/v3/order", { ...order, price: "50000.00" });
    expect(placed.status).to.equal(200);
    const open = await trader.get("/api/v3/openOrders", { symbol: "BTCUSDT" });
    expect(open.body).to.have.length(1);
  });

  it("carries WebSockets, and ends them with the Region so that clients find another one", async () => {
    const socket = connectSocket(edge.url, { transports: ["websocket"], reconnectionDelay: 20 });
    try {
      await eventually(() => socket.connected);
      expect(socket.io.engine.transport.name).to.equal("websocket");
      expect(metrics.readings("meridian_edge_sockets")).to.deep.equal([
        { value: 1, labels: { to: VIRGINIA } },
        { value: 0, labels: { to: IRELAND } },
      ]);
      const first = socket.id;
      await processes.get(VIRGINIA)?.kill("SIGKILL");
      await eventually(() => socket.connected && socket.id !== first);
      expect(await regionOf("new-york")).to.equal(IRELAND);
      expect(metrics.readings("meridian_edge_region_healthy")).to.deep.equal([
        { value: 0, labels: { to: VIRGINIA } },
        { value: 1, labels: { to: IRELAND } },
      ]);
    } finally {
      socket.disconnect();
    }
    await start(VIRGINIA);
    edge.setRegions(regionsNow());
    await bothHealthy();
    expect(await regionOf("new-york"), "as soon as it is ready again").to.equal(VIRGINIA);
  });

  it("goes on when the nearest Region is killed, without one failed read", async () => {
    let isOver = false;
    const statuses = new Map<number, number>();
    const reading = (async () => {
      while (!isOver) {
        const { status } = await fetch(`${edge.url}/api/v3/time`);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    })();
    await eventually(() => (statuses.get(200) ?? 0) > 20);
    await processes.get(VIRGINIA)?.kill("SIGKILL");
    const before = statuses.get(200) ?? 0;
    const answeredBefore = metrics.sum("meridian_edge_requests_total", { to: IRELAND, result: "answered" });
    await eventually(() => (statuses.get(200) ?? 0) > before + 50);
    isOver = true;
    await reading;
    expect([...statuses.keys()]).to.deep.equal([200]);
    const answered = metrics.sum("meridian_edge_requests_total", { to: IRELAND, result: "answered" });
    expect(answered - answeredBefore).to.be.greaterThan(40);
    expect(metrics.sum("meridian_edge_requests_total", { result: "refused" })).to.equal(0);
    await start(VIRGINIA);
    edge.setRegions(regionsNow());
    await bothHealthy();
  });

  it("notices a Region that answers no more, and that it answers again", async () => {
    const folder = folderOf.get(VIRGINIA);
    expect(folder).to.be.a("string");
    processes.get(VIRGINIA)?.signal("SIGSTOP");
    await eventually(() => edge.regions.find(({ region }) => region === VIRGINIA)?.isHealthy === false);
    expect(await regionOf("new-york")).to.equal(IRELAND);
    processes.get(VIRGINIA)?.signal("SIGCONT");
    await bothHealthy();
  });

  async function start(region: string): Promise<void> {
    const data = folderOf.get(region) ?? "";
    processes.set(
      region,
      await startPlatformProcess(["--embedded", "--port", "0", "--no-bots", "--data", data]),
    );
  }

  function regionsNow() {
    return [...processes].map(([region, { url }]) => ({ region, port: Number(new URL(url).port) }));
  }

  function bothHealthy(): Promise<void> {
    return eventually(() => edge.regions.length === 2 && edge.regions.every(({ isHealthy }) => isHealthy));
  }

  async function regionOf(location: string): Promise<string | null> {
    const answer = await fetch(`${edge.url}/api/v3/time`, { headers: { "X-Meridian-Location": location } });
    expect(answer.status).to.equal(200);
    return answer.headers.get("X-Meridian-Region");
  }
});

describe("the edge as a proxy", () => {
  const origins: Server[] = [];
  const edges: Edge[] = [];
  let metrics = recordedMetrics();

  beforeEach(() => {
    metrics = recordedMetrics();
  });

  afterEach(async () => {
    for (const edge of edges.splice(0)) await edge.stop();
    for (const origin of origins.splice(0)) {
      origin.closeAllConnections();
      origin.close();
    }
  });

  it("passes on what the client sent, and who it is", async () => {
    const heard: IncomingMessage[] = [];
    const edge = await edgeBefore((request, body) => {
      heard.push(request);
      return body;
    });
    const body = Buffer.alloc(5_000_000, "meridian ");
    const answer = await fetch(`${edge.url}/api/v3/echo?a=b%20c`, {
      method: "POST",
      body,
      headers: { "X-Forwarded-For": "203.0.113.9", "X-MBX-APIKEY": "k", Origin: "http://a.example" },
    });
    expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), body)).to.equal(0);
    const [request] = heard;
    expect(request?.url).to.equal("/api/v3/echo?a=b%20c");
    expect(request?.headers).to.include({
      "x-mbx-apikey": "k",
      origin: "http://a.example",
      "x-forwarded-proto": "http",
    });
    expect(request?.headers.host).to.equal(new URL(edge.url).host);
    expect(request?.headers["x-forwarded-for"]).to.match(
      /^203\.0\.113\.9, (::1|::ffff:127\.0\.0\.1|127\.0\.0\.1)$/,
    );
  });

  it("passes on that the client has gone", async () => {
    const isGone = Promise.withResolvers<void>();
    const isThere = Promise.withResolvers<void>();
    const edge = await edgeBefore((request) => {
      request.socket.once("close", () => isGone.resolve());
      isThere.resolve();
      return undefined;
    });
    const asking = sendRequest(`${edge.url}/api/v3/time`);
    asking.on("error", () => {});
    asking.end();
    await isThere.promise;
    asking.destroy();
    await isGone.promise;
  });

  it("says that nobody knows what became of an order whose Region died with it", async () => {
    const edge = await edgeBefore((request) => {
      request.socket.destroy();
      return undefined;
    });
    const answer = await fetch(`${edge.url}/api/v3/order`, { method: "POST", body: "symbol=BTCUSDT" });
    expect(answer.status).to.equal(504);
    expect(metrics.sum("meridian_edge_requests_total", { to: VIRGINIA, result: "unknown" })).to.equal(1);
    expect(await answer.json()).to.deep.include({ code: -1007 });
  });

  it("breaks off an answer that its Region broke off", async () => {
    const edge = await edgeBefore((request) => {
      // By hand: the rest of what is announced never comes.
      request.socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", () =>
        request.socket.destroy(),
      );
      return undefined;
    });
    const failure = await fetch(`${edge.url}/api/v3/depth`)
      .then((answer) => answer.text())
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(TypeError);
    await eventually(
      () => metrics.sum("meridian_edge_requests_total", { to: VIRGINIA, result: "broken" }) === 1,
    );
  });

  it("serves the page while no Region is there, and refuses the rest with the code for later", async () => {
    const edge = await startEdge({ port: 0, regions: [], clock: systemClock(), webFolder: PAGE, metrics });
    edges.push(edge);
    const page = await fetch(edge.url, { headers: { Accept: "text/html" } });
    expect(page.status).to.equal(200);
    expect(page.headers.get("Content-Security-Policy")).to.include("default-src 'self'");
    expect(await page.text()).to.include("<html");
    const api = await fetch(`${edge.url}/api/v3/time`);
    expect(api.status).to.equal(503);
    expect(metrics.sum("meridian_edge_requests_total", { to: "none", result: "refused" })).to.equal(1);
    expect(api.headers.get("Retry-After")).to.equal("1");
    expect(await api.json()).to.deep.include({ code: -1008 });
    const socket = connect(edge.port, "127.0.0.1");
    socket.write("GET /socket.io/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    const [head] = (await once(socket, "data")) as [Buffer];
    expect(head.toString()).to.match(/^HTTP\/1\.1 503 /);
    socket.destroy();
  });

  /** An edge before one origin that is always ready; it answers with what `answer` gives, or leaves the request to it. */
  async function edgeBefore(
    answer: (request: IncomingMessage, body: Buffer) => Buffer | undefined,
  ): Promise<Edge> {
    const origin = createServer(async (request, response) => {
      if (request.url === "/readyz") {
        response.end(JSON.stringify({ ready: true, reasons: [] }));
        return;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = answer(request, Buffer.concat(chunks));
      if (body !== undefined) response.end(body);
    });
    origins.push(origin);
    await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
    const { port } = origin.address() as AddressInfo;
    const edge = await startEdge({
      ...{ port: 0, regions: [{ region: VIRGINIA, port }], clock: systemClock() },
      metrics,
    });
    edges.push(edge);
    await eventually(() => edge.regions[0]?.isHealthy === true);
    return edge;
  }
});
