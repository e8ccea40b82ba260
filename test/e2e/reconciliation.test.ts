import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { io } from "socket.io-client";
import type { RegionId } from "#shared/domain/ids.ts";
import type { ReconciliationMessage } from "#shared/protocol/reconciliation-messages.ts";
import type { RegionStatusMessage } from "#shared/protocol/region-messages.ts";
import { eventually } from "#test/support/eventually.ts";
import { ONE_SHARD } from "#test/support/one-shard.ts";
import {
  CUT_OFF,
  OTHER,
  OWNER,
  REGIONS,
  startThreeRegions,
  type ThreeRegions,
} from "#test/support/three-regions.ts";

// biome-ignore lint/suspicious/noExplicitAny: the test looks into answers of every shape; what it expects is asserted.
type Body = any;

describe("a fork whose fill the majority took first", () => {
  const tokens = new Map<string, string>();
  const told: ReconciliationMessage[] = [];
  let regions: ThreeRegions;
  let socket: ReturnType<typeof io>;
  let inCutOff: ReturnType<typeof io>;
  /** Whether the Region that was cut off said of the shard that it reconciles it, as it changed. */
  const reconciling: boolean[] = [];
  let sold: Body;
  let bought: Body;
  let inFork: Body;

  const ask = async (region: RegionId, user: string, method: string, path: string, body?: object) => {
    const token = tokens.get(user);
    const answer = await fetch(`${regions.urlOf(region)}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Body };
  };
  const of = async (region: RegionId, user: string, path: string) =>
    (await ask(region, user, "GET", `/meridian/v1/${path}`)).body;
  const place = async (region: RegionId, user: string, side: "BUY" | "SELL") => {
    const query = new URLSearchParams({
      ...{ symbol: "BTCUSDT", side, type: "LIMIT", timeInForce: "GTC" },
      ...{ quantity: "0.5", price: "30000", newOrderRespType: "FULL" },
    });
    const answer = await ask(region, user, "POST", `/api/v3/order?${query}`);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body;
  };
  const shardIn = async (region: RegionId) => (await of(region, "alice", "regions")).shards[0];
  /** Free and locked together. */
  const balances = async (region: RegionId, user: string): Promise<Record<string, number>> => {
    const { shards } = await of(region, user, "balances");
    return Object.fromEntries(
      shards[0].balances.map(({ asset, free, locked }: Body) => [asset, Number(free) + Number(locked)]),
    );
  };
  before(async function () {
    this.timeout(60_000);
    regions = await startThreeRegions();
    for (const name of ["alice", "bob", "carol"]) {
      const body = { name, password: "correct horse battery staple" };
      const { token } = (await ask(OWNER, name, "POST", "/meridian/v1/sign-up", body)).body;
      tokens.set(name, token);
      expect((await ask(OWNER, name, "POST", "/meridian/v1/faucet")).status).to.equal(200);
    }
    socket = io(regions.urlOf(OTHER), { transports: ["websocket"] });
    socket.on("reconciliation", (message: ReconciliationMessage) => told.push(message));
    inCutOff = io(regions.urlOf(CUT_OFF), { transports: ["websocket"] });
    inCutOff.on("region", ({ shards: [shard] }: RegionStatusMessage) => {
      if (shard !== undefined && shard.reconciling !== reconciling.at(-1))
        reconciling.push(shard.reconciling);
    });
    sold = await place(OWNER, "alice", "SELL");
    const { seq } = await shardIn(OWNER);
    await eventually(async () => (await shardIn(CUT_OFF)).finalSeq >= seq);
    regions.cut(true);
    await eventually(async () => (await shardIn(CUT_OFF)).route === "fork");
    bought = await place(CUT_OFF, "bob", "BUY");
    expect(bought.status).to.equal("FILLED");
    inFork = await balances(CUT_OFF, "bob");
    await eventually(async () => {
      const { owner, route } = await shardIn(OWNER);
      return route === "own" || (route === "remote" && owner !== CUT_OFF);
    });
    expect((await place(OWNER, "carol", "BUY")).status).to.equal("FILLED");
    // The owner answers again, but takes nothing of the fork yet.
    regions.refuse("log.append", true);
    regions.cut(false);
    await eventually(() => reconciling.at(-1) === true);
    expect((await of(CUT_OFF, "bob", "reconciliations")).reconciliations).to.deep.equal([]);
    regions.refuse("log.append", false);
    await eventually(async () => {
      const lists = await Promise.all(REGIONS.map((region) => of(region, "bob", "reconciliations")));
      return lists.every(({ reconciliations: [first] }) => first?.state === "reconciled");
    });
  });
  after(async () => {
    socket?.disconnect();
    inCutOff?.disconnect();
    await regions?.stop();
  });

  it("fails in no Region", () => expect(regions.failures).to.deep.equal([]));

  it("is listed in short, the same in every Region", async () => {
    const lists = await Promise.all(REGIONS.map((region) => of(region, "bob", "reconciliations")));
    const [short] = lists[0].reconciliations;
    expect(short).to.deep.include({ shard: ONE_SHARD, region: CUT_OFF, symbols: ["BTCUSDT"] });
    expect(short.fills).to.deep.equal({ confirmed: 0, conflicted: 1 });
    expect(short.commands).to.deep.include({ confirmed: 1, refused: 0 });
    for (const list of lists) expect(list).to.deep.equal(lists[0]);
  });

  it("has the same verdicts for an account in every Region", async () => {
    const [{ id }] = (await of(OWNER, "bob", "reconciliations")).reconciliations;
    const wholes = await Promise.all(REGIONS.map((region) => of(region, "bob", `reconciliations/${id}`)));
    for (const whole of wholes) expect(whole).to.deep.equal(wholes[0]);
    const [trade] = wholes[0].trades;
    expect(trade).to.deep.include({ quantity: "0.50000000", conflictedQuantity: "0.50000000" });
    expect(trade.own).to.have.length(1);
    expect(trade.own[0]).to.deep.include({ orderId: bought.orderId, side: "BUY", isMaker: false });
  });

  it("shows each trader adjustments that agree with the balances, before and since", async () => {
    for (const user of ["alice", "bob"]) {
      const { adjustments } = await of(CUT_OFF, user, "adjustments");
      expect(adjustments).to.have.length(1);
      const now = await balances(CUT_OFF, user);
      for (const { asset, before, after, difference } of adjustments[0].adjustments) {
        expect(Number(after), `${user} ${asset}`).to.equal(now[asset]);
        if (user === "bob") expect(Number(before), asset).to.equal(inFork[asset]);
        expect(Number(difference)).to.be.closeTo(Number(after) - Number(before), 1e-7);
      }
    }
    const [bobs] = (await of(OWNER, "bob", "adjustments")).adjustments;
    expect(bobs.adjustments.map(({ asset }: Body) => asset)).to.have.members(["BTC", "USDT"]);
    // What the busted fill had moved is all that changed for Bob.
    for (const { asset, difference } of bobs.adjustments) {
      const [line] = bobs.compensation.filter((each: Body) => each.asset === asset);
      expect(line.amount).to.equal(difference);
    }
    expect((await of(OWNER, "carol", "adjustments")).adjustments).to.deep.equal([]);
  });

  it("marks the orders of the busted fill conflicted and compensated, and no others", async () => {
    const order = (user: string, orderId: number) =>
      of(CUT_OFF, user, `order?${new URLSearchParams({ symbol: "BTCUSDT", orderId: String(orderId) })}`);
    expect(await order("bob", bought.orderId)).to.deep.include({
      ...{ conflicted: true, compensated: true, provisional: false, final: true, status: "NEW" },
    });
    expect(await order("alice", sold.orderId)).to.deep.include({ conflicted: true, compensated: true });
    const fresh = await place(OWNER, "carol", "SELL");
    await eventually(async () => (await order("carol", fresh.orderId)).orderId === fresh.orderId);
    expect(await order("carol", fresh.orderId)).to.deep.include({ conflicted: false, compensated: false });
  });

  it("is told of by the Region that had opened it, from its seal until its replay is final", async () => {
    await eventually(() => reconciling.length === 3);
    expect(reconciling).to.deep.equal([false, true, false]);
    for (const region of REGIONS) expect(await shardIn(region)).to.include({ reconciling: false });
  });

  it("tells everybody that it begins, and that it is over", async () => {
    await eventually(() => told.some(({ state }) => state === "reconciled"));
    expect(told.map(({ state }) => state)).to.deep.equal(["replaying", "reconciled"]);
    const [listed] = (await of(OTHER, "bob", "reconciliations")).reconciliations;
    expect(told.at(-1)).to.deep.equal(listed);
  });
});
