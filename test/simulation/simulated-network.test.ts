import { expect } from "chai";
import { describe, it } from "mocha";
import type { RegionId } from "#shared/domain/ids.ts";
import { SEED } from "#test/support/seed.ts";
import { SimulatedRandom } from "./chance/simulated-random.ts";
import { SimulatedNetwork } from "./network/simulated-network.ts";
import { Life } from "./process/life.ts";
import { VirtualTime } from "./time/virtual-time.ts";
import { Trace } from "./trace.ts";

const [A, B] = ["us-east-1", "eu-west-1"].map((id) => id as RegionId) as [RegionId, RegionId];
const NOTHING = { region: A, shards: [] };

/** Two Regions, of which the second counts what it is asked and answers with itself. */
function twoRegions() {
  const time = new VirtualTime();
  const network = new SimulatedNetwork(time, new SimulatedRandom(SEED), new Trace(time, 10));
  const lives = [A, B].map((region) => new Life(region, time)) as [Life, Life];
  const [a, b] = [network.connect(A, lives[0], 1), network.connect(B, lives[1], 1)];
  let asked = 0;
  b.serve("region.status", async () => {
    asked++;
    return { region: B, shards: [] };
  });
  const ask = () => {
    const told: (string | undefined)[] = [];
    void a.request(B, "region.status", NOTHING, 1000).then((reply) => {
      told.push(reply.ok ? reply.answer.region : reply.error);
    });
    return told;
  };
  /** In a turn of its own, for microtasks are drained by the time itself. */
  const run = (story: () => void) =>
    new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        try {
          story();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  const runOut = () => {
    while (time.step());
  };
  return { time, network, lives, ask, run, runOut, asked: () => asked };
}

describe("the simulated network", () => {
  it("brings a request over and its answer back, each after its way", async () => {
    const { time, ask, run, runOut } = twoRegions();
    await run(() => {
      const told = ask();
      runOut();
      expect(told).to.deep.equal([B]);
      expect(time.now).to.be.at.least(76);
    });
  });

  it("answers `unreachable` when its time is over: over a cut link nothing is asked", async () => {
    const { network, ask, run, runOut, asked } = twoRegions();
    network.cut(A, B);
    await run(() => {
      const told = ask();
      runOut();
      expect(told).to.deep.equal(["unreachable"]);
      expect(asked()).to.equal(0);
    });
  });

  it("cuts one direction alone: then it was done, and nobody hears of it", async () => {
    const { network, ask, run, runOut, asked } = twoRegions();
    network.cut(B, A);
    await run(() => {
      const told = ask();
      runOut();
      expect([told, asked()]).to.deep.equal([["unreachable"], 1]);
    });
  });

  it("is whole again when each of two cuts that overlap is mended", async () => {
    const { network, ask, run, runOut } = twoRegions();
    await run(() => {
      network.cut(A, B);
      network.cut(A, B);
      network.mend(A, B);
      const during = ask();
      runOut();
      network.mend(A, B);
      const after = ask();
      runOut();
      expect([during, after]).to.deep.equal([["unreachable"], [B]]);
    });
  });

  it("may bring a request twice; the answer is told once", async () => {
    const { network, ask, run, runOut, asked } = twoRegions();
    network.weather(A, B).doubledPerMille = 1000;
    await run(() => {
      const told = ask();
      runOut();
      expect([told, asked()]).to.deep.equal([[B], 2]);
    });
  });

  it("loses, delays and repeats single messages for whoever meddles with them", async () => {
    const { time, network, ask, run, runOut, asked } = twoRegions();
    const seen: string[] = [];
    let met: "lost" | number = "lost";
    const meddling = network.intercept(({ from, kind, isRequest, again }) => {
      seen.push(`${from} ${kind} ${isRequest}`);
      if (isRequest) again(300);
      return isRequest ? met : undefined;
    });
    await run(() => {
      const told = ask();
      runOut();
      expect([told, asked()], "lost, but a copy came").to.deep.equal([[B], 1]);
      met = 500;
      const begin = time.now;
      ask();
      runOut();
      expect(asked(), "late, behind a copy").to.equal(3);
      expect(time.now - begin).to.be.at.least(500);
      expect(seen.slice(0, 2)).to.deep.equal([`${A} region.status true`, `${B} region.status false`]);
      meddling.cancel();
      ask();
      runOut();
      expect(asked()).to.equal(4);
    });
  });

  it("says nothing to the dead, and the dead say nothing", async () => {
    const { lives, ask, run, runOut, asked } = twoRegions();
    await run(() => {
      lives[1].end();
      expect([ask(), runOut(), asked()].at(2)).to.equal(0);
      lives[0].end();
      const told = ask();
      runOut();
      expect(told).to.deep.equal([]);
    });
  });
});
