import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { describe, it } from "mocha";
import { benchEngine, CONTENDERS } from "#bench/engine/bench-engine.ts";
import { measureScale } from "#bench/engine/scale.ts";
import { type Flow, readFlow, WORDS } from "#bench/flows/flow.ts";
import { FLOWS, makeFlow } from "#bench/flows/make-flow.ts";
import { median, percentile } from "#bench/statistics.ts";
import { OF_SCALING } from "#bench/write-result.ts";
import { table } from "#local/cli/table.ts";
import { SEED } from "#test/support/seed.ts";

const SMALL = { name: "small", seed: SEED, resting: 500, commands: 2000 };

describe("the engine benchmark", function () {
  this.timeout(120_000);

  for (const { name, run } of CONTENDERS) {
    it(`counts the 39,262 trades of the thin fixture flow with ${name}`, () => {
      const file = fileURLToPath(new URL("../fixtures/thin.bin.gz", import.meta.url));
      const flow = readFlow("thin", gunzipSync(readFileSync(file)));
      expect(flow).to.include({ setup: 0, commands: 200_000 });
      expect(run(flow).trades).to.equal(39_262);
    });
  }

  it("compares every contender with the first, over every flow", () => {
    const rows = benchEngine(1, () => {}, [SMALL, { ...SMALL, name: "other", seed: SEED + 1 }]);
    const wanted = ["small", "other"].flatMap((flow) => CONTENDERS.map(({ name }) => `${flow}: ${name}`));
    expect(rows.map(({ flow, contender }) => `${flow}: ${contender}`)).to.deep.equal(wanted);
    expect(rows[0]?.ratio).to.equal(1);
    for (const { flow, trades } of rows) {
      expect(trades)
        .to.equal(rows.find((row) => row.flow === flow)?.trades)
        .and.to.be.greaterThan(100);
    }
  });

  it("measures what open orders cost, and restores what it took a snapshot of", async () => {
    const row = await measureScale(2000, 50);
    expect(row).to.include({ openOrders: 2000, accounts: 50 });
    expect(row.placeNsMedian).to.be.greaterThan(0);
    expect(row.applyUsP999).to.be.at.least(row.applyUsP99);
  });

  it("refuses to compare engines that do not trade alike", () => {
    const lazy = { name: "lazy", run: () => ({ trades: 0, seconds: 1, cpuSeconds: 1 }) };
    expect(() => benchEngine(1, () => {}, [SMALL], [...CONTENDERS, lazy])).to.throw(/disagree.*lazy: 0, 0/);
  });

  it("makes the same flow from the same seed, and another from another", () => {
    expect(makeFlow(SMALL)).to.deep.equal(makeFlow(SMALL));
    expect(makeFlow({ ...SMALL, seed: SEED + 1 }).words).not.to.deep.equal(makeFlow(SMALL).words);
  });

  for (const options of FLOWS) {
    it(`cancels about 39 % in the ${options.name} flow, each order once, and begins with ${options.resting} orders that rest`, () => {
      const flow = makeFlow(options);
      expect(flow).to.include({ setup: options.resting, commands: 200_000 });
      const canceled = cancelsOf(flow);
      expect(canceled.length / flow.commands).to.be.within(0.38, 0.4);
      expect(new Set(canceled).size).to.equal(canceled.length);
    });
  }

  it("takes medians and percentiles by nearest rank", () => {
    expect(median([9, 1, 5])).to.equal(5);
    expect(median([4, 1, 3, 2])).to.equal(2);
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect([50, 99, 100].map((percent) => percentile(hundred, percent))).to.deep.equal([50, 99, 100]);
    expect(percentile([], 99)).to.equal(0);
  });

  it("sets numbers to the right under their heading, words to the left", () => {
    const text = table(
      ["what", "count"],
      [
        ["a", "1,000"],
        ["long name", "7"],
      ],
    );
    expect(text.split("\n")).to.deep.equal([
      "what       count",
      "---------  -----",
      "a          1,000",
      "long name      7",
    ]);
  });

  it("says of each result that the plan of capacity is made from that the page must be made again", () => {
    const plan = readFileSync(new URL("../../infra/capacity/measured.ts", import.meta.url), "utf8");
    const used = [...plan.matchAll(/"#bench\/results\/([a-z-]+)\.json"/g)].map(([, name]) => name);
    expect(OF_SCALING).to.have.members(used);
  });
});

function cancelsOf({ words, setup }: Flow): number[] {
  const canceled: number[] = [];
  for (let at = setup * WORDS; at < words.length; at += WORDS) {
    if (words[at] === 1) canceled.push(words[at + 2] ?? 0);
  }
  return canceled;
}
