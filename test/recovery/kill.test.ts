import { existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { FeedRecorder } from "#test/e2e/feed-recorder.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { type PlatformProcess, tryPlatformProcess } from "#test/support/platform-process.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { expectWholeAfterKills } from "./expect-whole.ts";
import { note, place, type Sent, tradeUntilItDies } from "./load.ts";

/** Times that the program is killed under load; at every third, its next start is killed too, somewhere on its way. */
const KILLS = Number(process.env.MERIDIAN_KILLS ?? 10);
const TRADERS = 4;
/** So small that snapshots are taken all the time: kills fall into them, and starts go on from snapshot and tail. */
const ENV = { MERIDIAN_SNAPSHOT_COMMANDS: "40" };

describe("a platform that is killed under load", function () {
  this.timeout(300_000);
  const random = seededRandom(SEED);
  const folders = temporaryFolders();
  const folder = folders.make();
  const sent: Sent[] = [];
  const recorders: FeedRecorder[] = [];
  let platform: PlatformProcess;

  after(() => {
    for (const recorder of recorders) recorder.close();
    folders.removeAll();
  });

  it(`dies ${KILLS} times at random moments, in the middle of starts too, and comes back (seed ${SEED})`, async () => {
    platform = await start("0");
    const { port } = new URL(platform.url);
    const traders: TestTrader[] = [];
    for (let at = 0; at < TRADERS; at++) traders.push(await signUpTrader(platform.url, `trader-${at}`));
    // Two clients that stay on the line through all of it.
    for (const { token } of traders.slice(0, 2))
      recorders.push(new FeedRecorder(platform.url, token, "BTCUSDT"));
    await eventually(() => recorders.every(({ isLive }) => isLive));
    for (let kill = 0; kill < KILLS; kill++) {
      const load = tradeUntilItDies(traders, random, sent);
      const until = sent.length + 5 + random.below(120);
      await eventually(() => sent.length >= until);
      await platform.kill("SIGKILL");
      await load;
      if (kill % 3 === 2) await killInTheMiddleOfAStart(port);
      platform = await start(port);
    }
    expect(sent.filter(({ answer }) => answer !== undefined).length).to.be.greaterThan(KILLS * 5);
  });

  it("has every acknowledged order, with at least the fills and the cancel that were acknowledged", async () => {
    for (const { trader, clientOrderId, answer, canceled } of sent) {
      if (answer === undefined) continue;
      const named = { symbol: "BTCUSDT", origClientOrderId: clientOrderId };
      const { status, body } = await trader.get("/api/v3/order", named);
      expect(status, `${clientOrderId} is there`).to.equal(200);
      expect(body.orderId).to.equal(answer.orderId);
      expect(Number(body.executedQty)).to.be.at.least(answer.executedQty);
      if (canceled) expect(body.status, `${clientOrderId} stays canceled`).to.equal("CANCELED");
    }
    for (const trader of new Set(sent.map((order) => order.trader))) {
      const mine = await trader.get("/api/v3/myTrades", { symbol: "BTCUSDT", limit: "1000" });
      const known = new Map((mine.body as TradeJson[]).map((trade) => [trade.id, trade]));
      const told = sent.flatMap((order) => (order.trader === trader ? (order.answer?.fills ?? []) : []));
      for (const { tradeId, price, qty } of told)
        expect(known.get(tradeId), `trade ${tradeId}`).to.include({ price, qty });
    }
  });

  it("takes what was in the air when it died once, however often it is sent again", async () => {
    for (const order of sent.filter(({ answer }) => answer === undefined)) {
      note(order, await place(order));
      const again = await place(order);
      expect(again.body.orderId).to.equal(order.answer?.orderId);
    }
    for (const trader of new Set(sent.map((order) => order.trader))) {
      const all = await trader.get("/api/v3/allOrders", { symbol: "BTCUSDT", limit: "1000" });
      const mine = sent.filter((order) => order.trader === trader).map(({ clientOrderId }) => clientOrderId);
      const known = (all.body as { clientOrderId: string }[]).map(({ clientOrderId }) => clientOrderId);
      expect(known.toSorted(), "each order once, and no others").to.deep.equal(mine.toSorted());
    }
  });

  it("has told its clients everything once and in order, over all its deaths, and keeps the invariants", async () => {
    await expectWholeAfterKills(folder, recorders, async () => {
      await platform.kill("SIGTERM");
    });
    for (const { seen } of recorders) expect(seen.connects).to.be.greaterThan(KILLS);
  });

  async function start(port: string): Promise<PlatformProcess> {
    for (;;) {
      const result = await tryPlatformProcess(argsOf(port), { env: ENV });
      if ("url" in result) return result;
      // Between two starts another program may have got the port for a moment.
      if (!/in use by another program/.test(result.stderr)) throw new Error(result.stderr);
    }
  }

  async function killInTheMiddleOfAStart(port: string): Promise<void> {
    const turns = random.below(3000);
    const ended = await tryPlatformProcess(argsOf(port), {
      env: ENV,
      onSpawn: (child) => {
        void (async () => {
          // It holds the folder from now on; the rest of the start is recovery. How far it gets is left to chance.
          await eventually(() => existsSync(join(folder, "log.db-wal")));
          for (let turn = 0; turn < turns; turn++) await nextTurn();
          child.kill("SIGKILL");
        })();
      },
    });
    if ("url" in ended) await ended.kill("SIGKILL");
  }

  function argsOf(port: string): string[] {
    return ["--port", port, "--no-bots", "--data", folder];
  }
});

interface TradeJson {
  readonly id: number;
  readonly price: string;
  readonly qty: string;
}
