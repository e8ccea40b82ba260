import { expect } from "chai";
import { describe, it } from "mocha";
import type { Event } from "#shared/domain/event.ts";
import { fuzz } from "#test/fuzz/fuzz.ts";
import { parseFuzzOptions } from "#test/fuzz/options.ts";
import { type EngineKind, type Folding, ORACLE } from "#test/support/engines.ts";
import { SEED } from "#test/support/seed.ts";

/** The oracle with something broken in what it tells. */
function broken(change: (event: Event) => Event): EngineKind {
  return {
    name: "broken engine",
    create(shard, branch): Folding {
      const engine = ORACLE.create(shard, branch);
      return {
        get seq() {
          return engine.seq;
        },
        get time() {
          return engine.time;
        },
        apply: (envelope) => engine.apply(envelope).map(change),
        state: () => engine.state(),
        snapshot: () => engine.snapshot(),
        digest: () => engine.digest(),
      };
    },
  };
}

describe("npm run fuzz", () => {
  it("finds an engine that tells a wrong fee, with a stream of few commands, and finds it again", async () => {
    const wrong = broken((event) =>
      event.kind === "Trade" && event.takerFee > 0 ? { ...event, takerFee: event.takerFee - 1 } : event,
    );
    const first = await fuzz(ORACLE, [wrong], SEED, (scenarios) => scenarios > 2000);
    expect(first.finding?.difference)
      .to.match(/^command \d+, .*\n?/)
      .and.include("takerFee");
    const opening = 19;
    expect(first.finding?.stream.length, "shrunk").to.be.at.most(opening + 6);
    const again = await fuzz(ORACLE, [wrong], first.finding?.seed ?? -1, (scenarios) => scenarios > 2000);
    expect(again.finding).to.deep.equal(first.finding);
  });

  it("counts what it did where there is nothing to find", async () => {
    const same = broken((event) => event);
    const { scenarios, commands, finding } = await fuzz(ORACLE, [same], SEED, (done) => done >= 100);
    expect(finding).to.equal(undefined);
    expect(scenarios).to.equal(100);
    expect(commands).to.be.greaterThan(1900);
  });

  it("takes seconds and a seed, and says what it does not take", () => {
    const options = parseFuzzOptions(["--seconds", "5", "--seed", String(SEED)]);
    expect(options).to.deep.equal({ kind: "run", seconds: 5, seed: SEED });
    expect(parseFuzzOptions(["--help"]).kind).to.equal("help");
    for (const args of [
      ["--seconds", "0"],
      ["--seconds", "x"],
      ["--seed", "-1"],
      ["--sed", "1"],
    ])
      expect(() => parseFuzzOptions(args), args.join(" ")).to.throw(/--se/);
  });
});
