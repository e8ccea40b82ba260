import { readFileSync } from "node:fs";
import { expect } from "chai";
import { flowFigures } from "#bench/capacity/flow-figures.ts";
import { productionFlow } from "#bench/flows/production-flow.ts";
import { costOfMillion, totalOf } from "#infra/capacity/cost.ts";
import { latencyBudgets } from "#infra/capacity/latency.ts";
import { MEASURED, type Measurement } from "#infra/capacity/measured.ts";
import { parseCapacityOptions } from "#infra/capacity/options.ts";
import { capacityOf, withCapacity } from "#infra/capacity/page.ts";
import { CELL_ORDERS, capacityPlan, REGION_COUNTS } from "#infra/capacity/plan.ts";
import { QUOTAS, type Quota } from "#infra/capacity/quotas.ts";
import { MARKET_LIMITS, MARKET_ORDERS, SHARD_LIMITS, SHARD_ORDERS } from "#infra/capacity/shard-limits.ts";
import { capacityText } from "#infra/capacity/text.ts";

const plan = (ordersPerSecond: number, regions = 3) => capacityPlan({ ordersPerSecond, regions });

describe("capacity", () => {
  it("is computed from figures that measuring again gives, to a tenth", function () {
    this.timeout(60_000);
    const again = flowFigures(productionFlow(10_000));
    const record = again.recordBytesPerCommand.find(({ commands }) => commands === 100);
    const pairs: [name: keyof typeof MEASURED, now: number | undefined][] = [
      ["commandsPerOrder", again.commandsPerOrder],
      ["commandBytes", record?.bytes],
      ["busEvents", again.busEventsPerOrder],
      ["busTopicEvents", again.busTopicEventsPerOrder],
      ["busBytes", again.busBytesPerEvent],
      ["busMessages", again.busRuns.find(({ outcomes }) => outcomes === 20)?.messagesPerOrder],
      ["busDeliveries", again.busRuns.find(({ outcomes }) => outcomes === 20)?.deliveriesPerOrder],
      ["roomMessages", again.roomMessagesPerOrder],
      ["roomBytes", again.roomBytesPerMessage],
    ];
    for (const [name, now = Number.NaN] of pairs)
      expect(now / MEASURED[name].value, `${name}: run ${MEASURED[name].command}`).to.be.closeTo(1, 0.1);
  });

  it("says of each figure which command measures it, and of each quota where it stands", () => {
    for (const { what, value, command } of Object.values<Measurement>(MEASURED)) {
      expect(value, what).to.be.above(0);
      expect(command, what).to.match(/^(node bench\/|npm run bench)/);
    }
    for (const { what, from } of Object.values<Quota>(QUOTAS))
      expect("found" in from ? from.found : from.assumed, what).to.match(/^https:\/\//);
  });

  it("plans a shard below each of its limits", () => {
    for (const { ordersPerSecond, what } of SHARD_LIMITS)
      expect(SHARD_ORDERS, what).to.be.below(ordersPerSecond);
    const bytes = SHARD_ORDERS * MEASURED.commandsPerOrder.value * MEASURED.commandBytes.value;
    expect(bytes).to.be.below(QUOTAS.kinesisWriteBytes.value);
  });

  for (const load of [1000, 100_000, 1_000_000])
    it(`gives ${load} orders/s cells, shards and gateways that carry them, also when a Region is lost`, () => {
      const { cells, cell, shards } = plan(load);
      expect(cells * cell.ordersPerSecond).to.be.closeTo(load, 1);
      expect(cell.ordersPerSecond).to.be.at.most(CELL_ORDERS);
      expect(shards * SHARD_ORDERS).to.be.at.least(load);
      expect(2 * cells * cell.gateways * MEASURED.gatewayOrders.value).to.be.above(load);
      const recordsPerSecond = (3 * cell.gateways * 1000) / cell.lingerMs;
      expect(recordsPerSecond, "records of a log").to.be.at.most(QUOTAS.kinesisWriteRecords.value);
    });

  it("needs nothing that grows faster than the load", () => {
    for (const regions of REGION_COUNTS) {
      const full = plan(CELL_ORDERS, regions);
      for (const cells of [1.2, 3, 10.5, 100, 1000, 5000]) {
        // What is whole is rounded up, by one more cell at most.
        const { needs } = plan(CELL_ORDERS * cells, regions);
        for (const [at, { service, what, total }] of full.needs.entries())
          expect(needs[at]?.total, `${service}: ${what}, ${cells} cells`).to.be.at.most(total * (cells + 1));
      }
    }
  });

  it("needs as much of an order's Region at any load: cells do not grow", () => {
    const largest = plan(1_000_000);
    for (const load of [10_000_000, 50_000_000]) {
      const { cell } = plan(load);
      expect(cell.ordersPerSecond).to.be.closeTo(
        largest.cell.ordersPerSecond,
        largest.cell.ordersPerSecond / 20,
      );
      expect(cell.gateways).to.equal(largest.cell.gateways);
      expect(cell.lingerMs).to.equal(largest.cell.lingerMs);
    }
  });

  it("costs no more for a million orders the more there are", () => {
    const costs = [100, 1000, 10_000, 100_000, 1_000_000, 10_000_000].map((load) =>
      totalOf(costOfMillion(plan(load))),
    );
    for (const [at, cost] of costs.entries()) expect(cost).to.be.at.most((costs[at - 1] ?? cost) * 1.05);
  });

  it("says when the shards that are asked for are too few, and nothing of it when they are enough", () => {
    const few = capacityPlan({ ordersPerSecond: 100_000, regions: 3, shards: 2 });
    expect(few.before.join("\n")).to.match(/shards are too few: each would carry \d+ %/);
    const enough = capacityPlan({ ordersPerSecond: 100_000, regions: 3, shards: 200 });
    expect(enough.before.join("\n")).to.not.include("too few");
    expect(enough.shards).to.be.at.least(200);
  });

  it("finds enhanced fan-out the largest part of an order's way in the owner's Region", () => {
    const [home] = latencyBudgets(plan(1000).cell);
    const dearest = home?.hops.toSorted((a, b) => b.ms - a.ms)[0];
    expect(dearest?.what).to.equal("enhanced fan-out");
    expect(home?.totalMs).to.equal(home?.hops.reduce((sum, { ms }) => sum + ms, 0));
  });

  it("says that a single market leaves the exchange no faster than its message group, which is fast enough for ten markets that fill a shard", () => {
    const least = Math.min(...MARKET_LIMITS.map(({ ordersPerSecond }) => ordersPerSecond));
    expect(plan(10_000).marketsAtLeast).to.be.at.least(10_000 / least);
    expect(10 * MARKET_ORDERS).to.be.above(SHARD_ORDERS);
    for (const load of [1000, 100_000, 1_000_000])
      expect(plan(load).before.join("\n")).to.not.include("markets:");
  });
});

describe("npm run capacity", () => {
  it("is what docs/scaling.md shows", () => {
    const page = readFileSync(new URL("../../docs/scaling.md", import.meta.url), "utf8");
    expect(capacityOf(page), "run npm run capacity -- --write").to.deep.equal(capacityOf(withCapacity(page)));
  });

  it("takes numbers as people write them", () => {
    for (const [text, orders] of [
      ["2500", 2500],
      ["2.5k", 2500],
      ["1M", 1_000_000],
      ["100_000", 100_000],
    ] as const)
      expect(parseCapacityOptions(["--orders", text])).to.deep.include({
        questions: [{ ordersPerSecond: orders, regions: 3 }],
      });
    expect(parseCapacityOptions(["--orders=5", "--regions=1", "--shards=2", "--json"])).to.deep.include({
      questions: [{ ordersPerSecond: 5, regions: 1, shards: 2 }],
      json: true,
    });
  });

  it("answers with one line what it does not take", () => {
    for (const args of [
      ["--orders", "many"],
      ["--orders", "0"],
      ["--regions", "2"],
      ["--shards", "1.5"],
      ["--what"],
    ]) {
      const { kind, line } = parseCapacityOptions(args) as { kind: string; line?: string };
      expect(kind, args.join(" ")).to.equal("wrong");
      expect(line).to.not.include("\n");
    }
  });

  it("shows 1 k, 100 k and 1 M orders/s beside each other if nothing is asked", () => {
    const options = parseCapacityOptions([]);
    if (options.kind !== "run") throw new Error(options.kind);
    const text = capacityText(options.questions.map(capacityPlan), { sources: true });
    for (const part of [
      "1,000,000",
      "enhanced fan-out",
      "subscriptions",
      "Kinesis",
      "docs.aws.amazon.com",
      "Assumed",
    ])
      expect(text).to.include(part);
    for (const line of text.split("\n")) expect(line).to.not.match(/NaN|undefined|Infinity/);
  });
});
