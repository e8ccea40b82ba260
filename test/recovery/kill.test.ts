import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { openStores } from "#local/open-stores.ts";
import { createEngine, restoreEngine } from "#services/matching/engine/engine.ts";
import { decodeOrNull } from "#services/matching/recover.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import { encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Engine } from "#shared/domain/engine.ts";
import { expectInvariants } from "#test/support/engine-invariants.ts";
import { type PlatformProcess, startPlatformProcess } from "#test/support/platform-process.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";

/** Times that the program is killed; each time at another moment under load. */
const KILLS = Number(process.env.MERIDIAN_KILLS ?? 12);
const TRADERS = 4;
const REQUESTS_AT_ONCE = 4;

interface Sent {
  readonly trader: TestTrader;
  readonly clientOrderId: string;
  readonly price: string;
  readonly side: "BUY" | "SELL";
  /** What the platform said, if it said anything before it died. */
  orderId?: number;
}

describe("a platform that is killed under load", function () {
  this.timeout(180_000);
  const seed = Number(process.env.MERIDIAN_SEED ?? Date.now() % 1_000_000);
  const random = seededRandom(seed);
  const sent: Sent[] = [];
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "meridian-kill-"));
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it(`has every acknowledged order, once, after ${KILLS} kills at random moments (seed ${seed})`, async () => {
    let platform = await startPlatformProcess(["--port", "0", "--no-bots", "--data", folder]);
    const traders = await signUpTraders(platform);
    for (let kill = 0; kill < KILLS; kill++) {
      const load = placeOrdersUntilItDies(traders, random, sent);
      await untilSent(sent, sent.length + 5 + random.below(120));
      await platform.kill("SIGKILL");
      await load;
      platform = await startPlatformProcess(["--port", "0", "--no-bots", "--data", folder]);
      for (const trader of traders) trader.url = platform.url;
    }
    const acknowledged = sent.filter(({ orderId }) => orderId !== undefined);
    expect(acknowledged.length, "orders were acknowledged at all").to.be.greaterThan(KILLS);
    for (const order of acknowledged) {
      const found = await order.trader.get("/api/v3/order", {
        symbol: "BTCUSDT",
        origClientOrderId: order.clientOrderId,
      });
      expect(found.status, `${order.clientOrderId} is there`).to.equal(200);
      expect(found.body.orderId).to.equal(order.orderId);
    }
    // What was in the air when it died: sent again under the same key, it is taken once, whether it had been before or not.
    for (const order of sent.filter(({ orderId }) => orderId === undefined)) {
      const again = await place(order);
      expect(again.status, JSON.stringify(again.body)).to.equal(200);
      const andAgain = await place(order);
      expect(andAgain.body.orderId).to.equal(again.body.orderId);
    }
    for (const trader of traders) {
      const all = await trader.get("/api/v3/allOrders", { symbol: "BTCUSDT", limit: "1000" });
      const mine = sent.filter((order) => order.trader === trader).map(({ clientOrderId }) => clientOrderId);
      const known = (all.body as { clientOrderId: string }[]).map(({ clientOrderId }) => clientOrderId);
      expect(known.toSorted(), "each order once, and no others").to.deep.equal(mine.toSorted());
    }
    await platform.kill("SIGTERM");
  });

  it("folds the whole log again to the events of the journal and the digest of the snapshot, invariants included", async () => {
    const stores = openStores(folder, {
      fresh: false,
      onFailure: (error) => {
        throw error;
      },
    });
    try {
      const [snapshot] = await stores.snapshots.list("shard-1" as never);
      expect(snapshot).to.not.equal(undefined);
      if (snapshot === undefined) return;
      const records = await stores.log.read(0, 1_000_000);
      const outcomes = await stores.journal.read(0, 1_000_000);
      expect(outcomes.length).to.equal(records.length);
      const first = decodeOrNull(records[0]?.bytes ?? new Uint8Array());
      let engine: Engine = createEngine(snapshot.shard, first?.branch ?? ("" as never));
      for (const [at, { bytes }] of records.entries()) {
        const envelope = decodeOrNull(bytes);
        const events = engine.apply(envelope);
        const journaled = outcomes[at];
        if (journaled === undefined) throw new Error("the journal is shorter than the log");
        expect(journaled.seq).to.equal(at + 1);
        const folded = encodeOutcome({ ...journaled, commandId: envelope?.commandId ?? "", events });
        expect(digestOf(folded)).to.equal(digestOf(encodeOutcome(journaled)));
        if (engine.seq === snapshot.seq) expect(engine.digest()).to.equal(snapshot.digest);
        if (at % 500 === 0) engine = restoreEngine(engine.snapshot());
      }
      expectInvariants(engine.state());
      expect(stores.projections.position(snapshot.shard)).to.be.at.most(engine.seq);
    } finally {
      await stores.close();
    }
  });
});

async function signUpTraders(platform: PlatformProcess): Promise<TestTrader[]> {
  const traders = [];
  for (let at = 0; at < TRADERS; at++) traders.push(await signUpTrader(platform.url, `trader-${at}`));
  return traders;
}

/** Several requests at once, each followed by the next, until a request finds nobody at home. */
async function placeOrdersUntilItDies(
  traders: readonly TestTrader[],
  random: ReturnType<typeof seededRandom>,
  sent: Sent[],
): Promise<void> {
  const worker = async () => {
    for (;;) {
      const trader = traders[random.below(traders.length)];
      if (trader === undefined) throw new Error("there are traders");
      const order: Sent = {
        trader,
        clientOrderId: `k-${sent.length}`,
        side: random.below(2) === 0 ? "BUY" : "SELL",
        price: `${50_000 + random.below(20)}.00`,
      };
      sent.push(order);
      try {
        const { status, body } = await place(order);
        if (status === 200) order.orderId = body.orderId;
        else if (status !== 504) throw new Error(`refused: ${status} ${JSON.stringify(body)}`);
      } catch (error) {
        if (error instanceof TypeError) return;
        throw error;
      }
    }
  };

  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker));
}

function place({ trader, clientOrderId, side, price }: Sent) {
  const order = { symbol: "BTCUSDT", side, type: "LIMIT", timeInForce: "GTC", quantity: "0.0005", price };
  return trader.post(
    "/api/v3/order",
    { ...order, newClientOrderId: clientOrderId },
    { "Idempotency-Key": clientOrderId },
  );
}

async function untilSent(sent: readonly Sent[], count: number): Promise<void> {
  while (sent.length < count) await new Promise((resolve) => setImmediate(resolve));
}
