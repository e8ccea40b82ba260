import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { Result } from "#runbooks/ops/command.ts";
import { COMMANDS } from "#runbooks/ops/commands/commands.ts";
import { Platform, PlatformRefused } from "#runbooks/ops/platform.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { isDynamoDbHere } from "#test/contract/support/dynamodb-here.ts";
import {
  REGIONS,
  type RegionalDeployment,
  type Service,
  startRegionalDeployment,
} from "#test/deployed/regional-deployment.ts";
import { TOKEN } from "#test/deployed/task-specs.ts";
import { signUpTrader, type TestAnswer, type TestTrader } from "#test/support/test-trader.ts";
import { waitFor } from "#test/support/waits.ts";

const [VIRGINIA, IRELAND] = REGIONS as [RegionId, RegionId];
/** Of each shard a market. */
const BTC = "BTCUSDT";
const ETH = "ETHUSDT";
const AAPL = "AAPLUSD";

/** Regions on two cores have better to do than to answer the same question again and again. */
const LOOK_MS = 250;
/** Orders of each side, one after the other. */
const PAIRS = 4;
const clock = systemClock();

/** The answer, or `undefined` where the gateway went away: ECS starts another, and clients come again. */
async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TypeError && error.message === "fetch failed") return undefined;
    throw error;
  }
}

/** Asks now and then until the answer is as wanted; the test's own time is the bound, and a failure shows the last answer. */
async function untilAnswer<T>(
  what: string,
  ask: () => Promise<T>,
  isSo: (answer: T) => boolean,
): Promise<void> {
  const isWanted = (answer: T | undefined) => answer !== undefined && isSo(answer);
  const asked = async () => {
    const answer = await orGone(ask());
    if (!isWanted(answer)) await new Promise<void>((resolve) => void clock.schedule(LOOK_MS, resolve));
    return answer;
  };
  await waitFor(what, asked, isWanted);
}

/** Waits until it is so. */
function until(isSo: () => Promise<boolean>): Promise<void> {
  return untilAnswer(isSo.toString().replaceAll(/\s+/g, " "), isSo, (answer) => answer);
}

/** The answer to a question that is asked again where the gateway went away. */
async function answered<T extends object | string>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await orGone(ask());
    if (answer !== undefined) return answer;
    await new Promise<void>((resolve) => void clock.schedule(LOOK_MS, resolve));
  }
}

interface ShardJson {
  readonly shard: string;
  readonly symbols: readonly string[];
  readonly owner: string;
  readonly route: string;
  readonly seq: number;
  readonly finalSeq: number;
}

if (isDynamoDbHere())
  describe("several Regions as they are deployed: tasks of prod in three Regions, on servers that speak AWS's protocols", function () {
    this.timeout(150_000);
    let deployment: RegionalDeployment;
    const services = new Map<string, Service>();
    let alice: TestTrader;
    let bob: TestTrader;
    let isUp = false;

    before(async function () {
      this.timeout(240_000);
      deployment = await startRegionalDeployment();
      // A lease of three seconds is not much on two cores that start seven processes: one after the other.
      for (const region of REGIONS) {
        const matching = await start(region, "matching-all-a");
        await until(async () => matching.task.said("publishing"));
      }
      for (const region of REGIONS) await untilReady(await start(region, "gateway"));
      alice = await signUpTrader(gateway(VIRGINIA), "alice");
      bob = await signUpTrader(gateway(VIRGINIA), "bob");
      // A gift is in the log of its shard's owner, and then in everybody's copy.
      for (const region of REGIONS)
        for (const trader of [alice, bob])
          await until(async () => {
            const { body } = await at(region, trader).get("/api/v3/account");
            return [BTC, ETH, AAPL].every((symbol) =>
              body.balances.some(
                ({ asset, free }: { asset: string; free: string }) =>
                  symbol.startsWith(asset) && free !== "0.00000000",
              ),
            );
          });
      isUp = true;
    });
    beforeEach(() => {
      // What would wait for a platform that did not come up fails at once instead.
      expect(isUp, "the Regions are up").to.equal(true);
    });
    afterEach(function () {
      if (this.currentTest?.state === "failed") tellAndGiveUp();
    });
    after(async () => {
      if (!isUp) tellAndGiveUp();
      await deployment?.stop();
    });

    const start = async (region: RegionId, name: string): Promise<Service> => {
      const service = await deployment.start(region, name);
      services.set(service.name, service);
      return service;
    };
    const untilReady = (service: Service) => until(() => service.task.isReady());
    const service = (region: RegionId, name: string) => services.get(`${region}/${name}`) as Service;
    const matching = (region: RegionId) =>
      [...services.values()].filter(({ name }) => name.startsWith(`${region}/matching-`));
    /** The task that publishes, of those that stand by for each other; and the one that does not. */
    const publishing = (region: RegionId) =>
      matching(region).findLast(({ task }) => task.said("publishing")) as Service;
    const standingBy = (region: RegionId) =>
      matching(region).find((each) => each !== publishing(region)) as Service;
    const gateway = (region: RegionId) => service(region, "gateway").task.url;
    /** The same trader at another Region's gateway. */
    const at = (region: RegionId, trader: TestTrader): TestTrader => ({ ...trader, url: gateway(region) });
    /** Places an order through a Region's gateway; again, as the same one, where that went away. */
    const place = async (
      region: RegionId,
      trader: TestTrader,
      ...[symbol, side, price, name]: readonly [string, string, string, string]
    ): Promise<TestAnswer> => {
      const order = {
        ...{ symbol, side, type: "LIMIT", timeInForce: "GTC" },
        // Little enough for what a seller was given to last through all tests.
        ...{ quantity: "0.2", price, newClientOrderId: name },
      };
      for (;;) {
        const headers = { "Idempotency-Key": name };
        const answer = await orGone(at(region, trader).post("/api/v3/order", order, headers));
        if (answer !== undefined) return answer;
        await untilReady(service(region, "gateway"));
      }
    };
    /** What the client of an exchange does that says "not known yet": it asks until it is known. */
    const statusOf = async (trader: TestTrader, symbol: string, name: string): Promise<string> =>
      (await answered(() => trader.get("/api/v3/order", { symbol, origClientOrderId: name }))).body.status;
    const shardOf = async (region: RegionId, symbol: string): Promise<ShardJson> => {
      const { body } = await answered(() => at(region, alice).get("/meridian/v1/regions"));
      return body.shards.find((one: ShardJson) => one.symbols.includes(symbol));
    };
    /** Which Region owns a market's shard, as one of them says. */
    const ownerOf = async (region: RegionId, symbol: string) =>
      (await shardOf(region, symbol)).owner as RegionId;
    const othersThan = (region: RegionId) => REGIONS.filter((one) => one !== region) as [RegionId, RegionId];
    /** What a Region tells of everybody's money and of a market's trades. */
    const toldBy = async (region: RegionId, symbols: readonly string[]): Promise<unknown> => ({
      balances: await Promise.all(
        [alice, bob].map(async (trader) => (await at(region, trader).get("/api/v3/account")).body.balances),
      ),
      trades: await Promise.all(
        symbols.map(
          async (symbol) => (await at(region, alice).get("/api/v3/trades", { symbol, limit: "50" })).body,
        ),
      ),
    });
    /** The Region's orders go to an owner's log. */
    const untilTradable = (region: RegionId, symbol: string) =>
      until(async () => ["own", "remote"].includes((await shardOf(region, symbol)).route));
    const untilSame = (regions: readonly RegionId[], symbols: readonly string[]) =>
      untilAnswer(
        "Regions tell the same",
        () => Promise.all(regions.map((region) => toldBy(region, symbols))),
        ([first, ...others]) => others.every((other) => JSON.stringify(other) === JSON.stringify(first)),
      );
    const tellAndGiveUp = () => {
      // Nobody knows how it left them: those behind it would only wait.
      isUp = false;
      for (const { name, task } of services.values())
        process.stdout.write(
          `${name}:${task.lines
            .map(({ text }) => `\n  ${text.slice(0, 300)}`)
            .slice(-12)
            .join("")}\n`,
        );
    };

    it("fill orders of each Region in markets that others own, and tell the same of them everywhere", async () => {
      for (const symbol of [BTC, ETH, AAPL]) {
        const owner = await ownerOf(VIRGINIA, symbol);
        const [maker, taker] = othersThan(owner);
        const resting = await place(maker, alice, symbol, "SELL", "100", `sell-${symbol}`);
        expect(resting.body, `${symbol}: ${resting.body.msg}`).to.include({ status: "NEW" });
        const taken = await place(taker, bob, symbol, "BUY", "100", `buy-${symbol}`);
        expect(taken.body, symbol).to.include({ status: "FILLED", executedQty: "0.20000000" });
      }
      await untilSame(REGIONS, [BTC, ETH, AAPL]);
      const { body: trades } = await at(IRELAND, bob).get("/api/v3/trades", { symbol: AAPL });
      expect(trades).to.have.length(1);
    });

    it("tell whoever operates them at the addresses of all that every replica of a shard folds the same", async () => {
      const { shard } = await shardOf(VIRGINIA, BTC);
      const { digest } = COMMANDS;
      assert(digest !== undefined, "there is such a command");
      let told = undefined as Result | undefined;
      await until(async () => {
        const platform = new Platform(REGIONS.map(gateway).join(), TOKEN);
        told = await digest.run(platform, { args: [shard], isDryRun: false }).catch((error: unknown) => {
          // A gateway went away, or a replica is not as far yet.
          if (error instanceof PlatformRefused) return undefined;
          throw error;
        });
        return told?.text.includes("3 replicas agree.") === true;
      });
      assert(told !== undefined, "they were compared");
      const { replicas } = told.json as { replicas: { region: string; digest: { seq: number } }[] };
      expect(replicas.map(({ region }) => region)).to.deep.equal(REGIONS);
      expect(replicas.every(({ digest: { seq } }) => seq > 0)).to.equal(true);
    });

    it("show who owns each shard, that it is final, and that they reach each other", async () => {
      for (const region of REGIONS)
        await until(async () => {
          const { body } = await answered(() => at(region, alice).get("/meridian/v1/regions"));
          return (
            body.regions.every(({ health }: { health: string }) => health === "up") &&
            body.shards.every(
              ({ owner, route, finalSeq }: ShardJson) =>
                finalSeq > 0 && route === (owner === region ? "own" : "remote"),
            )
          );
        });
    });

    it("move a shard to another Region when an operator asks a gateway of its owner", async () => {
      const owner = await ownerOf(VIRGINIA, AAPL);
      const [to] = othersThan(owner);
      const { shard } = await shardOf(owner, AAPL);
      const answer = await fetch(`${gateway(owner)}/meridian/v1/ownership/${shard}/promote`, {
        method: "POST",
        headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
        body: JSON.stringify({ to }),
      });
      expect(await answer.json()).to.include({ shard, owner: to });
      await until(async () => (await ownerOf(owner, AAPL)) === to);
    });

    it("go on in the other zone where the task that publishes a shard is killed under orders: none is lost, none is filled twice, nothing forks", async function () {
      this.timeout(240_000);
      for (const region of REGIONS) await untilReady(await start(region, "matching-all-b"));
      const owner = await ownerOf(VIRGINIA, BTC);
      const [other] = othersThan(owner);
      const [active, standby] = [publishing(owner), standingBy(owner)];
      const taken: string[] = [];
      const placing = (async () => {
        for (let count = 0; count < 2 * PAIRS; count++) {
          const [trader, side, region] =
            count % 2 === 0 ? ([alice, "SELL", owner] as const) : ([bob, "BUY", other] as const);
          const name = `zone-${count}`;
          // What is not known, or not taken, is sent again as the same order.
          await untilAnswer(
            `${name} is taken`,
            () => place(region, trader, BTC, side, "115", name),
            ({ status, body }) => status < 300 || String(body.msg).startsWith("Duplicate"),
          );
          taken.push(name);
        }
      })();
      await until(async () => taken.length >= PAIRS);
      await active.task.kill();
      await until(async () => standby.task.said("publishing"));
      await placing;
      for (const [count, name] of taken.entries()) {
        const trader = count % 2 === 0 ? at(owner, alice) : at(other, bob);
        await untilAnswer(
          `${name} is filled`,
          () => statusOf(trader, BTC, name),
          (status) => status === "FILLED",
        );
      }
      await untilSame(REGIONS, [BTC]);
      const { body: trades } = await at(other, bob).get("/api/v3/trades", { symbol: BTC, limit: "50" });
      expect(trades.filter(({ price }: { price: string }) => Number(price) === 115)).to.have.length(PAIRS);
      expect(await ownerOf(other, BTC), "the shard stays where it is").to.equal(owner);
      for (const region of REGIONS) {
        const { body } = await at(region, alice).get("/meridian/v1/reconciliations");
        expect(body.reconciliations, region).to.deep.equal([]);
      }
      // Those behind this one are about Regions, and two cores have enough to do with one zone of each.
      for (const region of REGIONS) await standingBy(region).kill();
    });

    it("fork where a Region is cut off and its markets match locally, and make one of it when the link is back", async function () {
      this.timeout(300_000);
      const cut = await ownerOf(VIRGINIA, ETH);
      const [one, other] = othersThan(cut);
      for (const region of REGIONS) await deployment.startProjector(region);
      await untilReady(await start(cut, "reconciliation"));
      await place(cut, alice, ETH, "SELL", "110", "before-the-cut");
      await untilSame(REGIONS, [ETH]);
      deployment.setLinked(cut, false);
      await until(async () => (await shardOf(cut, ETH)).route === "fork");
      const forked = await place(cut, bob, ETH, "BUY", "110", "in-the-fork");
      expect(forked.body).to.include({ status: "FILLED", provisional: true });
      await until(async () => (await ownerOf(one, ETH)) !== cut);
      await untilTradable(other, ETH);
      const rival = await place(other, bob, ETH, "BUY", "110", "outside-the-fork");
      expect(rival.body).to.include({ status: "FILLED" });

      deployment.setLinked(cut, true);
      // Only one of the two can have it: the fill of the fork is busted, and its order rests.
      await until(async () => {
        const { body } = await at(cut, bob).get("/meridian/v1/reconciliations");
        return body.reconciliations.some(
          ({ state, fills }: { state: string; fills: { conflicted: number } }) =>
            state === "reconciled" && fills.conflicted === 1,
        );
      });
      await until(async () => (await statusOf(at(cut, bob), ETH, "in-the-fork")) === "NEW");
      await untilSame(REGIONS, [ETH]);
    });

    it("lose a Region: another takes its shards over with all that was acknowledged, and trades", async function () {
      this.timeout(240_000);
      const lost = await ownerOf(VIRGINIA, BTC);
      const left = othersThan(lost);
      const [one, other] = left;
      await place(one, alice, BTC, "SELL", "120", "before-the-loss");
      await untilSame(REGIONS, [BTC]);
      await Promise.all(
        ["gateway", "matching-all-a", "matching-all-b"].map((name) => service(lost, name).kill()),
      );
      // Put into the lost Region's log, which takes it: who reads it there sees to it that it is not lost.
      await place(one, alice, BTC, "SELL", "130", "into-the-lost-log");
      await until(async () => (await ownerOf(one, BTC)) !== lost);
      await untilTradable(other, BTC);
      const taken = await place(other, bob, BTC, "BUY", "120", "after-the-loss");
      expect(taken.body).to.include({ status: "FILLED" });
      await until(async () => (await statusOf(at(other, alice), BTC, "into-the-lost-log")) === "NEW");
      await untilSame(left, [BTC]);

      await start(lost, "matching-all-a");
      await untilReady(await start(lost, "gateway"));
      await until(async () => (await shardOf(lost, BTC)).route === "remote");
      await untilSame(REGIONS, [BTC, ETH, AAPL]);
      const back = await place(lost, bob, BTC, "BUY", "130", "from-the-one-that-is-back");
      expect(back.body).to.include({ status: "FILLED" });
      await untilSame(REGIONS, [BTC]);
    });
  });
