import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { FeedRecorder } from "#test/e2e/feed-recorder.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { oneStory } from "#test/support/one-story.ts";
import { type PlatformProcess, tryPlatformProcess } from "#test/support/platform-process.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { expectWholeAfterKills, SHARD } from "./expect-whole.ts";
import { note, place, type Sent, tradeUntilItDies } from "./load.ts";

const TRADERS = 4;
/** Rows that one answer has at most. */
const PAGE = 1000;
/** So small that snapshots are taken all the time: kills fall into them, and starts go on from snapshot and tail. */
const ENV = { MERIDIAN_SNAPSHOT_COMMANDS: "40" };

/** Far more than a kill and its start take: only what hangs comes so far. */
const TIMEOUT_PER_KILL_MS = 30_000;

/**
 * Defines the tests of a platform that is killed so many times under load; at every third, its next start is killed too, somewhere on its way.
 */
export function killedUnderLoad(kills: number): void {
  describe("a platform that is killed under load", function () {
    this.timeout(60_000 + TIMEOUT_PER_KILL_MS * kills);
    oneStory();
    const random = seededRandom(SEED);
    const folders = temporaryFolders();
    const folder = folders.make();
    const sent: Sent[] = [];
    const recorders: FeedRecorder[] = [];
    let platform: PlatformProcess;
    /** How long the last start took. */
    let startMs = 0;

    after(async () => {
      for (const recorder of recorders) recorder.close();
      await platform?.kill("SIGKILL");
      folders.removeAll();
    });

    it(`dies ${kills} times at random moments, in the middle of starts too, and comes back (seed ${SEED})`, async () => {
      platform = await start("0");
      const { port } = new URL(platform.url);
      const traders: TestTrader[] = [];
      for (let at = 0; at < TRADERS; at++) traders.push(await signUpTrader(platform.url, `trader-${at}`));
      // Two clients that stay on the line through all of it.
      for (const { token } of traders.slice(0, 2))
        recorders.push(new FeedRecorder(platform.url, token, "BTCUSDT", SHARD));
      await eventually(() => recorders.every(({ isLive }) => isLive));
      for (let kill = 0; kill < kills; kill++) {
        const load = tradeUntilItDies(traders, random, sent);
        const until = sent.length + 5 + random.below(120);
        await eventually(() => sent.length >= until);
        await platform.kill("SIGKILL");
        await load;
        if (kill % 3 === 2) await killInTheMiddleOfAStart(port);
        platform = await start(port);
      }
      expect(sent.filter(({ answer }) => answer !== undefined).length).to.be.greaterThan(kills * 5);
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
        const mine = await pagesOf<TradeJson>(trader, "/api/v3/myTrades", "fromId", ({ id }) => id);
        const known = new Map(mine.map((trade) => [trade.id, trade]));
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
        const all = await pagesOf<OrderJson>(
          trader,
          "/api/v3/allOrders",
          "orderId",
          ({ orderId }) => orderId,
        );
        const mine = sent
          .filter((order) => order.trader === trader)
          .map(({ clientOrderId }) => clientOrderId);
        const known = all.map(({ clientOrderId }) => clientOrderId);
        expect(known.toSorted(), "each order once, and no others").to.deep.equal(mine.toSorted());
      }
    });

    it("has told its clients everything once and in order, over all its deaths, and keeps the invariants", async () => {
      await expectWholeAfterKills(folder, recorders, async () => {
        await platform.kill("SIGTERM");
      });
      for (const { seen } of recorders) expect(seen.connects).to.be.greaterThan(kills);
    });

    async function start(port: string): Promise<PlatformProcess> {
      for (;;) {
        const begin = performance.now();
        const result = await tryPlatformProcess(argsOf(port), { env: ENV });
        startMs = Math.ceil(performance.now() - begin);
        if ("url" in result) return result;
        // Between two starts another program may have got the port for a moment.
        if (!/in use by another program/.test(result.stderr)) throw new Error(result.stderr);
      }
    }

    async function killInTheMiddleOfAStart(port: string): Promise<void> {
      // How far it gets is left to chance: anywhere from its first moment to its last.
      const after = random.below(startMs);
      const ended = await tryPlatformProcess(argsOf(port), {
        env: ENV,
        onSpawn: (child) => void pause(after).then(() => child.kill("SIGKILL")),
      });
      if ("url" in ended) await ended.kill("SIGKILL");
    }

    function argsOf(port: string): string[] {
      return ["--embedded", "--port", port, "--no-bots", "--data", folder];
    }
  });
}

interface TradeJson {
  readonly id: number;
  readonly price: string;
  readonly qty: string;
}

interface OrderJson {
  readonly orderId: number;
  readonly clientOrderId: string;
}

/** All rows of a route that pages forward from an id, as far as there are any. */
async function pagesOf<Row>(
  trader: TestTrader,
  path: string,
  from: string,
  idOf: (row: Row) => number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const last = rows.at(-1);
    const next = last === undefined ? 0 : idOf(last) + 1;
    const page = { symbol: "BTCUSDT", limit: String(PAGE), [from]: String(next) };
    const body = (await trader.get(path, page)).body as Row[];
    rows.push(...body);
    if (body.length < PAGE) return rows;
  }
}
