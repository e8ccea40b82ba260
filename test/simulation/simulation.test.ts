import { expect } from "chai";
import { describe, it } from "mocha";
import { SEED } from "#test/support/seed.ts";
import failedSeeds from "./failed-seeds.json" with { type: "json" };
import { runSeeds } from "./run-seeds.ts";
import { failureText, summaryOf } from "./summary.ts";

/** Fresh ones with each `MERIDIAN_SEED`. */
const FRESH_SEEDS = 200;
/** Bounds the time under faults: so much keeps all of it within a few minutes. */
const BOUNDS = { steps: 10_000, seconds: 60 };
const UNBOUND = { steps: 2 ** 31 - 1 };
const WORKERS = 2;

describe("the simulator", () => {
  it(`finds nothing in ${FRESH_SEEDS} seeds`, async function () {
    this.timeout(1_800_000);
    const seeds = Array.from({ length: FRESH_SEEDS }, (_, at) => SEED * 1000 + at);
    await expectNothing(seeds, BOUNDS);
  });

  it("finds nothing any more in the seeds that have found something before", async function () {
    this.timeout(1_800_000);
    // Those of one length in the same processes, which are warm then.
    for (const alike of Map.groupBy(failedSeeds, boundsText).values()) {
      const [{ seconds, steps } = BOUNDS] = alike;
      const seeds = alike.map(({ seed }) => seed);
      await expectNothing(seeds, { steps: steps ?? UNBOUND.steps, seconds });
    }
  });

  it("makes the same run of the same seed, event by event and outcome by outcome", async function () {
    this.timeout(600_000);
    const seeds = Array.from({ length: 6 }, (_, at) => SEED * 1000 + at);
    const [first, second] = [
      await runSeeds({ seeds, ...BOUNDS, workers: WORKERS }),
      await runSeeds({ seeds: seeds.toReversed(), ...BOUNDS, workers: WORKERS }),
    ];
    const traces = [first, second].map((results) => results.map(({ hash, steps }) => `${steps} ${hash}`));
    expect(traces[0]).to.deep.equal(traces[1]);
    expect(new Set(traces[0]).size, "other seeds, other runs").to.equal(seeds.length);
  });
});

function boundsText({ seconds, steps }: (typeof failedSeeds)[number]): string {
  return `${seconds} ${steps}`;
}

async function expectNothing(seeds: readonly number[], bounds: typeof BOUNDS): Promise<void> {
  const begin = performance.now();
  const results = await runSeeds({ seeds, ...bounds, workers: WORKERS });
  const [first, last] = [results[0]?.seed, results.at(-1)?.seed];
  process.stdout.write(`      seeds ${first}..${last}: ${summaryOf(results, performance.now() - begin)}\n`);
  const failures = results.filter(({ failure }) => failure !== undefined);
  expect(failures.map((result) => failureText(result, bounds)).join("\n")).to.equal("");
}
