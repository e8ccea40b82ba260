import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { type ControlClient, findPlatform } from "#local/supervisor/control-client.ts";
import { becomes, becomesTrue } from "#test/support/becomes-true.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { freshAfterFailure } from "#test/support/fresh-after-failure.ts";
import {
  type PlatformProcess,
  pidsOf,
  startPlatformProcess,
  throwAway,
  tryPlatformProcess,
} from "#test/support/platform-process.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";

const REGION = "us-east-1";
const CHILDREN = [REGION, `${REGION}/a`, `${REGION}/b`, "edge"];

describe("a platform of processes under a supervisor", function () {
  this.timeout(120_000);
  const folders = temporaryFolders();
  let folder: string;
  let args: readonly string[];
  const acknowledged = new Map<string, number>();
  let platform: PlatformProcess;
  let control: ControlClient;
  let trader: TestTrader;

  freshAfterFailure({
    start: async () => {
      folder = folders.make();
      args = ["--port", "0", "--regions", "1", "--no-bots", "--data", folder];
      acknowledged.clear();
      platform = await startPlatformProcess(args);
      control = controlOf(folder);
      trader = await signUpTrader(platform.url, "ada");
    },
    stop: async (how) => {
      if (how === "ill") return throwAway(platform, folder);
      const pids = await pidsOf(control);
      await platform.kill("SIGKILL");
      await eventually(() => pids.every((pid) => !isAlive(pid)));
    },
    lastWords: () => platform.lastWords(),
  });
  after(() => folders.removeAll());

  it("says that it is ready when the edge, the Region and both of its zones are", async () => {
    const { processes, url } = await control.status();
    expect(url).to.equal(platform.url);
    expect(processes.map(({ name }) => name)).to.have.members(CHILDREN);
    expect(processes.every(({ isReady, restarts }) => isReady && restarts === 0)).to.equal(true);
  });

  for (const name of [`${REGION}/a`, `${REGION}/b`, "edge", REGION]) {
    it(`goes on when ${name} is killed under load, and has every acknowledged order`, async () => {
      const until = acknowledged.size + 15;
      const load = placeUntil(() => acknowledged.size >= until + 15, `kill-${name.replace("/", "-")}`);
      await eventually(() => acknowledged.size >= until);
      const pid = await pidOf(name);
      await control.signal(name, "SIGKILL");
      await load;
      await becomes(
        `${name} is back`,
        async () => (await control.status()).processes.find((each) => each.name === name),
        (status) => status?.isReady === true && status.pid !== pid && status.restarts === 1,
      );
      await expectAllThere();
    });
  }

  it("goes on when the zone that publishes stops without dying", async () => {
    await control.signal(`${REGION}/a`, "SIGSTOP");
    const until = acknowledged.size + 10;
    await placeUntil(() => acknowledged.size >= until, "stopped");
    await control.signal(`${REGION}/a`, "SIGCONT");
    await control.signal(`${REGION}/b`, "SIGSTOP");
    await placeUntil(() => acknowledged.size >= until + 10, "stopped-b");
    await control.signal(`${REGION}/b`, "SIGCONT");
    await expectAllThere();
  });

  it("ends all its processes when the supervisor is killed; the next start takes over the data", async () => {
    const pids = await pidsOf(control);
    await platform.kill("SIGKILL");
    platform = await startPlatformProcess(args);
    control = controlOf(folder);
    await eventually(() => pids.every((pid) => !isAlive(pid)));
    trader.url = platform.url;
    await expectAllThere();
  });

  it("lets a Region's journals be throttled: events wait, orders are refused and sent again, and none is lost", async () => {
    await control.updateRegion(REGION, { journalPerSecond: 2 });
    const refused = async () => {
      const answer = await place(`throttled-${acknowledged.size}`);
      if (answer.status === 200) acknowledged.set(`throttled-${acknowledged.size}`, answer.body.orderId);
      return answer.status === 429 && answer.body.code === -1008;
    };
    await becomesTrue("an order is refused for now", refused);
    // What the supervisor knows of a Region is a moment old: orders go on coming until it has seen it too.
    await becomesTrue("the supervisor sees that the Region refuses", async () => {
      const isRefused = await refused();
      const { observation } = (await control.status()).regions[0] ?? {};
      const shard = observation?.shards.find(({ shard }) => shard === "crypto-1");
      return isRefused && shard?.backpressure === "refusing" && shard.unjournaled > 0;
    });
    await control.updateRegion(REGION, { journalPerSecond: null });
    const until = acknowledged.size + 10;
    await placeUntil(() => acknowledged.size >= until, "after-throttle");
    await expectAllThere();
  });

  it("tells how it stands: zones, failovers that were measured, no divergence", async () => {
    const { regions, tapeDivergences } = await control.status();
    expect(tapeDivergences).to.equal(0);
    const [region] = regions;
    expect(region?.observation?.zones.filter(({ isActive }) => isActive)).to.have.length(1);
    const active = region?.observation?.zones.find(({ isActive }) => isActive)?.zone;
    await control.signal(`${REGION}/${active}`, "SIGKILL");
    await becomes(
      `a failover from ${active} was measured`,
      async () => (await control.status()).regions[0]?.observation?.failovers ?? [],
      (failovers) => failovers.some(({ from, ms }) => from === active && ms > 0),
    );
  });

  it("takes words from those alone who have its token", async () => {
    const { url } = JSON.parse(readFileSync(join(folder, "control.json"), "utf8")) as { url: string };
    expect((await fetch(`${url}/v1/status`)).status).to.equal(401);
    const wrong = { headers: { Authorization: "Bearer wrong" } };
    expect((await fetch(`${url}/v1/status`, wrong)).status).to.equal(401);
    const failure = await control.signal("nobody", "SIGKILL").catch((error: unknown) => error);
    expect(String(failure)).to.include("no process nobody");
  });

  it("stops in an orderly way by SIGTERM, and nothing is left of it", async () => {
    const pids = await pidsOf(control);
    const ending = await platform.kill("SIGTERM");
    expect(ending.exitCode).to.equal(0);
    expect(ending.stdout).to.match(/Stopping …\nStopped\.\n$/);
    expect(pids.filter(isAlive)).to.deep.equal([]);
    expect(findPlatform(folder)).to.equal(undefined);
    platform = await startPlatformProcess(args);
    control = controlOf(folder);
    trader.url = platform.url;
    await expectAllThere();
  });

  it("says in one line why it cannot start, and leaves nothing running", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const { port } = other.address() as { port: number };
    const ending = await tryPlatformProcess([
      "--port",
      String(port),
      "--regions",
      "1",
      "--data",
      folders.make(),
    ]);
    other.close();
    if ("url" in ending) throw new Error("it started on a port in use");
    expect(ending.exitCode).to.equal(1);
    expect(ending.stderr).to.match(
      new RegExp(`^meridian: Port ${port} is in use by another program[^\n]*\n$`),
    );
    const held = await tryPlatformProcess(args);
    if ("url" in held) throw new Error("it started on a folder in use");
    expect(held.stderr).to.match(/^meridian: [^\n]* is in use by another process[^\n]*\n$/);
  });

  function controlOf(data: string): ControlClient {
    const found = findPlatform(data);
    if (found === undefined) throw new Error("the platform has no control file");
    return found;
  }

  async function pidOf(name: string): Promise<number | undefined> {
    return (await control.status()).processes.find((each) => each.name === name)?.pid;
  }

  /** One order after the other, sent again under the same id until it is known what became of it. */
  async function placeUntil(isEnough: () => boolean, name: string): Promise<void> {
    for (let at = 0; !isEnough(); at++) {
      const id = `${name}-${at}`;
      const answer = await becomes(
        `${id} is acknowledged`,
        () => place(id).catch(() => undefined),
        (told) => told?.status === 200,
      );
      acknowledged.set(id, answer?.body.orderId);
    }
  }

  function place(newClientOrderId: string) {
    const order = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.0002" };
    const parameters = { ...order, price: "50000.00", newClientOrderId };
    return trader.post("/api/v3/order", parameters, { "Idempotency-Key": newClientOrderId });
  }

  async function expectAllThere(): Promise<void> {
    const query = { symbol: "BTCUSDT", limit: "1000" };
    const { status, body } = await trader.get("/api/v3/allOrders", query);
    expect(status).to.equal(200);
    const there = body.map(({ clientOrderId, orderId }: { clientOrderId: string; orderId: number }) => [
      clientOrderId,
      orderId,
    ]);
    expect(there, "each once, and no others").to.have.deep.members([...acknowledged]);
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
