import { expect } from "chai";
import { describe, it } from "mocha";
import type { Command } from "#shared/domain/command.ts";
import type { AccountId, AssetId, BranchId, CommandId, RegionId, ShardId } from "#shared/domain/ids.ts";
import { EngineShard, START } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

const REIGN = "eu-west-1.7";
const FORK = "eu-west-1.8";
const MISDIRECTED = ["Misdirected"];
const asset = "AAA" as AssetId;
const account = 1 as AccountId;

for (const engine of ENGINES) {
  describe(`branches in the ${engine.name}`, () => {
    it("a branch begins only where it continues the present one", () => {
      const shard = new EngineShard(engine);
      const { seq, branch } = shard.engine.state();
      expect(shard.begin(REIGN, { parent: "us-east-1.2" as BranchId })).to.deep.equal(MISDIRECTED);
      expect(shard.begin(REIGN, { parentSeq: seq })).to.deep.equal(MISDIRECTED);
      expect(shard.begin(branch)).to.deep.equal(MISDIRECTED);
      const start = { kind: "BranchStarted", branch: REIGN as BranchId, parent: branch, epoch: 1 } as const;
      const elsewhere = { ...start, parentSeq: shard.engine.seq, provisional: false };
      expect(shard.send(elsewhere), "sent to another than it begins").to.deep.equal(MISDIRECTED);
      expect(shard.begin(REIGN)).to.deep.equal([`reign of us-east-1.1 at ${seq + 4}, epoch 1`]);
      expect(shard.engine.state()).to.include({ branch: REIGN, epoch: 1, provisional: false, ended: false });
      expect(shard.engine.seq, "every record takes a seq").to.equal(seq + 5);
    });

    it("goes on in the new branch with all that was, and takes nothing for the old one any more", () => {
      const shard = new EngineShard(engine);
      const old = shard.branch;
      shard.place({ id: 1, price: 100, quantity: 5 });
      shard.begin(REIGN);
      expect(shard.sendAs({ branch: old }, shard.placing({ id: 2, side: "SELL" }))).to.deep.equal(
        MISDIRECTED,
      );
      expect(shard.place({ id: 2, account: 2, side: "SELL", quantity: 2 })).to.deep.equal([
        "accepted 2 working",
        "trade 2 takes 2 @ 100 of 1",
      ]);
      expect(shard.cancel(1)).to.deep.equal(["canceled 1"]);
    });

    it("an id that was misdirected is not remembered, one of the branch before is", () => {
      const shard = new EngineShard(engine);
      const old = shard.branch;
      const [first, second] = ["a", "b"].map((digit) => digit.repeat(32)) as [CommandId, CommandId];
      shard.sendAs({ commandId: first }, shard.placing({ id: 1 }));
      const { seq } = shard.engine;
      shard.begin(REIGN);
      shard.sendAs({ commandId: second, branch: old }, shard.placing({ id: 2 }));
      expect(shard.sendAs({ commandId: first }, shard.placing({ id: 1 }))).to.deep.equal([
        `repeated ${seq}`,
        "merged orders 1",
      ]);
      expect(shard.sendAs({ commandId: second }, shard.placing({ id: 2 }))).to.deep.equal([
        "accepted 2 working",
      ]);
    });

    it("behind its end a branch takes nothing but one that continues it", () => {
      const shard = new EngineShard(engine);
      shard.begin(REIGN);
      shard.place({ id: 1 });
      const end = { kind: "EpochEnded", successor: "ap-northeast-1" as RegionId } as const;
      expect(shard.send({ ...end, epoch: 2 })).to.deep.equal(MISDIRECTED);
      expect(shard.send({ ...end, epoch: 1 })).to.deep.equal(["ended for ap-northeast-1"]);
      const late: Command[] = [
        shard.placing({ id: 2 }),
        { kind: "CancelAllOrders", account, market: shard.placing({ id: 2 }).market },
        { kind: "Tick", time: START + 1 },
        { kind: "Deposit", account, asset, amount: 1 },
        { ...end, epoch: 1 },
        { kind: "ForkSealed", fork: REIGN as BranchId },
      ];
      for (const command of late) expect(shard.send(command), command.kind).to.deep.equal(MISDIRECTED);
      expect(shard.begin("ap-northeast-1.3", { parentSeq: (shard.engine.seq - 1) as never })).to.deep.equal(
        MISDIRECTED,
      );
      expect(shard.begin("ap-northeast-1.3")).to.have.lengthOf(1);
      expect(shard.cancel(1)).to.deep.equal(["canceled 1"]);
    });

    it("a fork is sealed by its own id, and no epoch ends in it", () => {
      const shard = new EngineShard(engine);
      shard.begin(REIGN);
      const { seq } = shard.engine;
      expect(shard.begin(FORK, { provisional: true })).to.deep.equal([`fork of ${REIGN} at ${seq}, epoch 1`]);
      expect(shard.engine.state()).to.include({ provisional: true, epoch: 1 });
      expect(
        shard.send({ kind: "EpochEnded", epoch: 1, successor: "ap-northeast-1" as RegionId }),
      ).to.deep.equal(MISDIRECTED);
      expect(shard.send({ kind: "ForkSealed", fork: REIGN as BranchId })).to.deep.equal(MISDIRECTED);
      expect(shard.send({ kind: "ForkSealed", fork: FORK as BranchId })).to.deep.equal(["sealed"]);
      expect(shard.place({ id: 1 })).to.deep.equal(MISDIRECTED);
    });

    it("a fork trades, cancels and lets orders expire, but nothing that could not be undone", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, quantity: 3 });
      shard.place({ id: 3, timeInForce: "GTD", goodTillDate: START + 5 });
      shard.begin(FORK, { provisional: true });
      expect(shard.place({ id: 2, account: 2, side: "SELL" })).to.deep.equal([
        "accepted 2 working",
        "trade 2 takes 1 @ 100 of 1",
      ]);
      expect(shard.cancel(1)).to.deep.equal(["canceled 1"]);
      expect(shard.tick(5)).to.deep.equal(["expired 3 good-till-date"]);
      const [id, other] = ["c".repeat(32) as CommandId, "shard-2" as ShardId];
      const fork = "ap-northeast-1.1" as BranchId;
      const irreversible: Command[] = [
        { kind: "Deposit", account, asset, amount: 1 },
        { kind: "Withdraw", account, asset, amount: 1 },
        { kind: "TransferOut", account, asset, amount: 1, toShard: other },
        { kind: "TransferIn", transferId: id, account, asset, scale: 8, amount: 1, fromShard: other },
        { kind: "TransferSettled", transferId: id },
        { kind: "DefineAsset", asset: { id: "ZZZ" as AssetId, scale: 1 } },
        { kind: "SetMarketState", market: shard.placing({ id: 5 }).market, state: "HALT" },
        {
          kind: "ForkCommand",
          fork,
          n: 1,
          commandId: id,
          command: shard.placing({ id: 5 }),
          mode: "as-was",
          price: 0,
          quantity: 0,
          fills: [],
        },
        { kind: "ForkReplayEnded", fork, n: 1, balances: [], last: true },
      ];
      const { balances, assets, markets, forks } = shard.engine.state();
      for (const command of irreversible)
        expect(shard.send(command)).to.deep.equal([`rejected ${command.kind} not-in-fork`]);
      expect(shard.define({ maxOrders: 1 })).to.deep.equal(["rejected DefineMarket not-in-fork"]);
      expect(shard.engine.state()).to.deep.include({ balances, assets, markets, forks });
    });

    it("a market that halts takes no order and no cancel in a fork, and does again in the next reign", () => {
      const shard = new EngineShard(engine, { partitionPolicy: "halt" });
      shard.place({ id: 1 });
      shard.begin(FORK, { provisional: true });
      const refused = (kind: string) => [`rejected ${kind} market-halts-in-fork`];
      expect(shard.place({ id: 2 })).to.deep.equal(refused("PlaceOrder"));
      expect(shard.list("OTO", [{ id: 3 }, { id: 4 }])).to.deep.equal(refused("PlaceOrderList"));
      expect(shard.cancel(1)).to.deep.equal(refused("CancelOrder"));
      expect(shard.cancelList(1)).to.deep.equal(refused("CancelOrderList"));
      expect(shard.cancelAll()).to.deep.equal(refused("CancelAllOrders"));
      expect(shard.amend(1, 1)).to.deep.equal(refused("AmendOrder"));
      expect(shard.replace(1, { id: 5 })).to.deep.equal(refused("ReplaceOrder"));
      const elsewhere = { ...shard.placing({ id: 6 }), market: "NOPE" as never };
      expect(shard.send(elsewhere)).to.deep.equal(["rejected PlaceOrder unknown-market"]);
      shard.begin(REIGN);
      expect(shard.cancel(1)).to.deep.equal(["canceled 1"]);
    });
  });
}
