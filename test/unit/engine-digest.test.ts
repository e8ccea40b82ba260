import { expect } from "chai";
import { describe, it } from "mocha";
import { createEngine } from "#services/matching/engine/engine.ts";
import type { Command } from "#shared/domain/command.ts";
import { lanesAsHex } from "#shared/domain/digest/field-hash.ts";
import type { AccountId, AssetId, BranchId, CommandId, ShardId } from "#shared/domain/ids.ts";

const BRANCH = "us-east-1.1" as BranchId;
const CAPACITY = { orders: 5000, accounts: 3000, commands: 5000, clientOrderIds: 5000 };

describe("the digest of an engine", () => {
  it("is the same as two words as in hex, after every command", () => {
    const engine = createEngine("shard-1" as ShardId, BRANCH);
    const lanes = new Int32Array(2);
    for (const [at, command] of commands(20).entries()) {
      engine.apply(enveloped(command, at));
      engine.writeDigest(lanes);
      expect(lanesAsHex(lanes[0] ?? 0, lanes[1] ?? 0)).to.equal(engine.digest());
    }
  });

  it("does not depend on the memory that an engine was given", () => {
    const small = createEngine("shard-1" as ShardId, BRANCH);
    const large = createEngine("shard-1" as ShardId, BRANCH, CAPACITY);
    for (const [at, command] of commands(3000).entries()) {
      small.apply(enveloped(command, at));
      large.apply(enveloped(command, at));
    }
    expect(large.digest()).to.equal(small.digest());
    expect(large.snapshot()).to.deep.equal(small.snapshot());
  });
});

function commands(deposits: number): Command[] {
  const asset = "BTC" as AssetId;
  return [
    { kind: "Tick", time: 1_700_000_000_000 },
    { kind: "DefineAsset", asset: { id: asset, scale: 8 } },
    ...Array.from({ length: deposits }, (_, at): Command => {
      return { kind: "Deposit", account: (at + 1) as AccountId, asset, amount: 2 ** 40 + at };
    }),
  ];
}

function enveloped(command: Command, at: number) {
  const commandId = at.toString(16).padStart(32, "0") as CommandId;
  return { commandId, branch: BRANCH, validUntil: 0, command };
}
