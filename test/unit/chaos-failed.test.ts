import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Experiment, Stage } from "#local/chaos/experiment.ts";
import { experimentOrFailure } from "#local/chaos/experiment-or-failure.ts";
import { LOAD_MARKETS } from "#local/chaos/load/load-market.ts";
import { assert } from "#shared/domain/invariant.ts";
import { manualClock } from "#test/support/manual-clock.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const [MARKET] = LOAD_MARKETS;

describe("an experiment that fails while it hurts", () => {
  let server: Server;
  let orders: number;
  let asking: number;

  beforeEach(async () => {
    orders = 0;
    asking = 0;
    server = createServer((request, response) => {
      asking++;
      response.once("close", () => asking--);
      if (request.method === "POST") orders++;
      const placed = { orderId: orders, executedQty: "0", status: "NEW" };
      const isAccount = request.url?.startsWith("/api/v3/account") === true;
      const body = request.method === "POST" ? placed : isAccount ? { balances: [] } : [];
      request.resume().once("end", () => response.end(JSON.stringify(body)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  it("is told as failed, is healed, and sends nothing beside the experiments after it", async () => {
    assert(MARKET !== undefined, "there is a market");
    const clock = manualClock();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const account = { name: "ada", url, location: "", token: "t", market: MARKET, funds: new Map() };
    const status = async () => ({ processes: [], regions: [], tapeDivergences: 0 });
    const control = { status, beginExperiment: async () => {}, endExperiment: async () => {} };
    const stage = { control, clock, regions: [], backend: "embedded", noteTook: () => {} };
    let heals = 0;
    const experiment: Experiment = {
      name: "planned-move",
      what: "nothing",
      notHere: () => undefined,
      hurt: async () => {
        throw new Error("it cannot be moved there now");
      },
      heal: async () => void heals++,
    };
    let isOver = false;
    const report = experimentOrFailure(experiment, {
      stage: stage as unknown as Stage,
      accounts: [account],
      ordersPerSecond: 100,
      forMs: 1000,
      clock,
      random: seededRandom(SEED),
    }).finally(() => {
      isOver = true;
    });
    const timePasses = async () => {
      clock.advance(20);
      await nextTurn();
    };
    while (!isOver) await timePasses();
    expect((await report).failed).to.equal("it cannot be moved there now");
    expect(heals).to.equal(1);
    expect(orders).to.be.greaterThan(10);
    while (asking > 0) await nextTurn();
    const sent = orders;
    for (let turns = 0; turns < 500; turns++) await timePasses();
    expect(orders - sent, "of ten more seconds, with what was on its way").to.be.below(10);
  });
});
