import { expect } from "chai";
import { describe, it } from "mocha";
import type { TransferIn, TransferOut } from "#shared/domain/command.ts";
import type { AccountId, AssetId, BranchId, CommandId, ShardId } from "#shared/domain/ids.ts";
import { EngineShard } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

const DAY_MS = 86_400_000;
const OTHER = "shard-2" as ShardId;
const [OUT, IN, SENT] = ["a", "b", "c"].map((digit) => digit.repeat(32)) as [CommandId, CommandId, CommandId];
const asset = "AAA" as AssetId;
const out: TransferOut = { kind: "TransferOut", account: 1 as AccountId, asset, amount: 300, toShard: OTHER };
const incoming: TransferIn = {
  kind: "TransferIn",
  transferId: SENT,
  account: 1 as AccountId,
  asset,
  scale: 8,
  amount: 300,
  fromShard: OTHER,
};

for (const engine of ENGINES) {
  describe(`transfers between shards in the ${engine.name}`, () => {
    it("a transfer out leaves the balance and the supply, and is in flight until it is settled", () => {
      const shard = new EngineShard(engine);
      const before = { supply: supplyOf(shard, "AAA"), ...shard.balance(1, "AAA") };
      expect(shard.sendAs({ commandId: OUT }, out)).to.deep.equal(["sent 300 AAA of 1 to shard-2"]);
      expect(shard.balance(1, "AAA").free).to.equal(before.free - 300);
      expect(supplyOf(shard, "AAA")).to.equal(before.supply - 300);
      const { kind: _kind, ...transfer } = out;
      expect(shard.engine.state().transfers).to.deep.equal([{ transferId: OUT, ...transfer }]);
      const settled = { kind: "TransferSettled", transferId: OUT } as const;
      expect(shard.send(settled)).to.deep.equal(["TransferEnded"]);
      expect(shard.send(settled), "again").to.deep.equal([]);
      expect(shard.engine.state().transfers).to.deep.equal([]);
    });

    it("a transfer out that cannot be is refused: no such asset, nothing, or more than is free", () => {
      const shard = new EngineShard(engine);
      const { free } = shard.balance(1, "AAA");
      shard.place({ id: 1, side: "SELL", quantity: 10 });
      const refused = (changes: Partial<TransferOut>) => shard.send({ ...out, ...changes });
      expect(refused({ asset: "ZZZ" as AssetId })).to.deep.equal(["rejected TransferOut unknown-asset"]);
      expect(refused({ amount: 0 })).to.deep.equal(["rejected TransferOut malformed-amount"]);
      expect(refused({ account: 0 as AccountId })).to.deep.equal(["rejected TransferOut malformed-amount"]);
      expect(refused({ amount: free - 9 })).to.deep.equal(["rejected TransferOut insufficient-balance"]);
      expect(refused({ amount: free - 10 })).to.have.lengthOf(1);
      expect(shard.balance(1, "AAA")).to.deep.equal({ free: 0, locked: 10 });
    });

    it("either is done once, however often and however late it comes again", () => {
      const shard = new EngineShard(engine);
      shard.sendAs({ commandId: OUT }, out);
      const sentAt = shard.engine.seq;
      shard.sendAs({ commandId: IN }, incoming);
      const cameAt = shard.engine.seq;
      const { free } = shard.balance(1, "AAA");
      shard.tick(3 * DAY_MS);
      expect(shard.sendAs({ commandId: OUT }, out)).to.deep.equal([`repeated ${sentAt}`]);
      expect(shard.sendAs({ commandId: IN }, incoming)).to.deep.equal([`repeated ${cameAt}`]);
      expect(shard.balance(1, "AAA").free).to.equal(free);
    });

    it("a transfer in grows the balance and the supply, and defines its asset where it is new", () => {
      const shard = new EngineShard(engine);
      const { free } = shard.balance(1, "AAA");
      const supply = supplyOf(shard, "AAA");
      expect(shard.send(incoming)).to.deep.equal(["came 300 AAA for 1 from shard-2"]);
      expect(shard.balance(1, "AAA").free).to.equal(free + 300);
      expect(supplyOf(shard, "AAA")).to.equal(supply + 300);
      const strange = { ...incoming, asset: "NEW" as AssetId, scale: 3 };
      expect(shard.send(strange)).to.deep.equal(["AssetDefined", "came 300 NEW for 1 from shard-2"]);
      expect(shard.engine.state().assets.find((each) => each.asset.id === "NEW")).to.deep.equal({
        asset: { id: "NEW", scale: 3 },
        supply: 300,
      });
    });

    it("a transfer in is refused only where it makes no sense or is beyond all bounds", () => {
      const shard = new EngineShard(engine);
      const refused = (changes: Partial<TransferIn>) => shard.send({ ...incoming, ...changes });
      expect(refused({ amount: 0 })).to.deep.equal(["rejected TransferIn malformed-amount"]);
      expect(refused({ account: 0 as AccountId })).to.deep.equal(["rejected TransferIn malformed-amount"]);
      expect(refused({ scale: 7 })).to.deep.equal(["rejected TransferIn immutable-definition"]);
      expect(refused({ asset: "NEW" as AssetId, scale: 16 })).to.deep.equal([
        "rejected TransferIn malformed-definition",
      ]);
      expect(refused({ amount: Number.MAX_SAFE_INTEGER })).to.deep.equal([
        "rejected TransferIn supply-exceeded",
      ]);
    });

    it("a transfer in that was refused is credited when it comes again and can be", () => {
      const shard = new EngineShard(engine);
      shard.begin("eu-west-1.7", { provisional: true });
      const send = () => shard.sendAs({ commandId: IN }, incoming);
      expect(send()).to.deep.equal(["rejected TransferIn not-in-fork"]);
      shard.begin("eu-west-1.8" as BranchId);
      expect(send()).to.deep.equal(["came 300 AAA for 1 from shard-2"]);
      expect(send()).to.deep.equal([`repeated ${shard.engine.seq - 1}`]);
    });
  });
}

function supplyOf(shard: EngineShard, id: string): number {
  return shard.engine.state().assets.find(({ asset }) => asset.id === id)?.supply ?? 0;
}
