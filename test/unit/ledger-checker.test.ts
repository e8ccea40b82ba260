import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { describe, it } from "mocha";
import { checkLiveBalances } from "#services/ledger/check-live-balances.ts";
import { LedgerChecker } from "#services/ledger/ledger-checker.ts";
import type { AccountId, AssetId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { LedgerBalance } from "#shared/ports/ledger.ts";
import { manualClock } from "#test/support/manual-clock.ts";

const SHARD = "shard-1" as ShardId;
const held = { account: 7 as AccountId, asset: "USDT" as AssetId, free: 90, locked: 10 };
const booked = (amount: bigint): LedgerBalance => ({ account: held.account, asset: held.asset, amount });

describe("the check of the ledger", () => {
  function checkerOf(world: { seq: number; published: number; backlog: number; balances: LedgerBalance[] }) {
    const told: bigint[] = [];
    const checker = new LedgerChecker({
      shards: [
        {
          shard: SHARD,
          engineBalances: async () => ({ shard: SHARD, seq: world.seq as Seq, balances: [held] }),
          publishedThrough: () => world.published,
        },
      ],
      ledger: { balances: async () => world.balances },
      backlog: async () => world.backlog,
      clock: manualClock(),
      onCheck: ({ difference }) => told.push(difference),
      onFailure: (error) => {
        throw error;
      },
    });
    return { checker, told };
  }

  it("compares a state once that agrees, and again where it is asked to", async () => {
    const { checker, told } = checkerOf({ seq: 5, published: 9, backlog: 0, balances: [booked(100n)] });
    await checker.look();
    await checker.look();
    expect(told).to.deep.equal([0n]);
    await checker.look(true);
    expect(told).to.deep.equal([0n, 0n]);
  });

  it("compares a state that differed until it agrees: what was missing may have come since", async () => {
    const world = { seq: 5, published: 9, backlog: 0, balances: [booked(60n)] };
    const { checker, told } = checkerOf(world);
    await checker.look();
    await checker.look();
    world.balances = [booked(100n)];
    await checker.look();
    await checker.look();
    expect(told).to.deep.equal([40n, 40n, 0n]);
    expect(checker.checks.map(({ difference }) => difference)).to.deep.equal([0n]);
  });

  it("waits for what the ledger has not heard of, however often it is asked", async () => {
    const world = { seq: 5, published: 4, backlog: 0, balances: [booked(100n)] };
    const { checker, told } = checkerOf(world);
    await checker.look(true);
    world.published = 5;
    world.backlog = 1;
    await checker.look(true);
    expect(told).to.deep.equal([]);
    world.backlog = 0;
    await checker.look();
    expect(told).to.deep.equal([0n]);
  });
});

describe("the check of the ledger against balances of this moment", () => {
  /** Asks until it has an answer; time passes whenever it waits. */
  async function checked(world: {
    published: () => number;
    backlog: () => number;
    balances: () => LedgerBalance[];
  }) {
    const clock = manualClock();
    let answer: { readonly difference: bigint | undefined } | undefined;
    void checkLiveBalances(
      {
        ledger: { balances: async () => world.balances() },
        publishedThrough: async () => world.published(),
        backlog: async () => world.backlog(),
        clock,
      },
      { shard: SHARD, seq: 5 as Seq, balances: [held] },
    ).then((check) => {
      answer = { difference: check?.difference };
    });
    while (answer === undefined) {
      await nextTurn();
      clock.advance(250);
    }
    return { difference: answer.difference, tookMs: clock.monotonic() };
  }
  const whole = { published: () => 5, backlog: () => 0, balances: () => [booked(100n)] };

  it("takes what agrees at once, whatever a queue still holds: of what it compares nothing can be missing", async () => {
    expect((await checked({ ...whole, published: () => 3, backlog: () => 7 })).difference).to.equal(0n);
  });

  it("waits for what the ledger has yet to hear of", async () => {
    let looks = 0;
    const late = {
      published: () => 5,
      backlog: () => 1,
      balances: () => [booked(++looks < 20 ? 60n : 100n)],
    };
    expect((await checked(late)).difference).to.equal(0n);
  });

  it("tells a difference only after it stayed with nothing waiting, for a queue that seems empty may not be", async () => {
    const differing = { ...whole, balances: () => [booked(60n)] };
    expect((await checked(differing)).difference).to.equal(40n);
    let looks = 0;
    // Empty, it seems, but for what comes into the books two looks later.
    const seeming = { ...whole, balances: () => [booked(++looks < 3 ? 60n : 100n)] };
    expect((await checked(seeming)).difference).to.equal(0n);
  });

  it("gives up on a ledger that does not come to hear of everything, and says nothing of it", async () => {
    const stuck = await checked({ ...whole, backlog: () => 1, balances: () => [booked(60n)] });
    expect(stuck.difference).to.equal(undefined);
    const unpublished = await checked({ ...whole, published: () => 4, balances: () => [booked(60n)] });
    expect(unpublished.difference).to.equal(undefined);
    expect(unpublished.tookMs).to.be.lessThan(30_000);
  });
});
