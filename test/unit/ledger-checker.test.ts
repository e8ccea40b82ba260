import { expect } from "chai";
import { describe, it } from "mocha";
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
