import { expect } from "chai";
import { describe, it } from "mocha";
import { createEngine, restoreEngine } from "#services/matching/engine/engine.ts";
import { foldFork } from "#services/reconciliation/fold-fork.ts";
import { forkCommands } from "#services/reconciliation/fork-commands.ts";
import type { Command, CommandEnvelope } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { BranchId, CommandId, OrderId } from "#shared/domain/ids.ts";
import { EngineShard } from "#test/support/engine-shard.ts";

const FORK = "eu-west-1.4" as BranchId;
const KIND = { name: "fast engine", create: createEngine };

describe("what a fork has for its replay", () => {
  it("is not what it refused, also where its client sent that again, and money has come since", () => {
    const shard = new EngineShard(KIND);
    const placing = shard.placing({ id: 1 });
    shard.keep(1, "QQQ", 0);
    const folded = fold(shard, [
      ["same", placing],
      ["same", { ...placing, orderId: 71 as OrderId }],
    ]);
    shard.deposit(1, "QQQ", 1_000_000_000);
    for (const command of forkCommands(folded)) shard.send(command);
    expect(shard.book("BUY")).to.deep.equal([]);
    // The other copy, from another Region's outbox or from its client: the canonical side decides.
    expect(shard.sendAs({ commandId: idOf("same") }, placing)).to.deep.equal(["accepted 1 working"]);
  });

  it("is what it took of a replacement of which it refused a part", () => {
    const shard = new EngineShard(KIND);
    const { account, market, kind: _kind, ...order } = shard.placing({ id: 1 });
    const replacing: Command = {
      ...{ kind: "ReplaceOrder", account, market, mode: "ALLOW_FAILURE", restriction: "NONE", order },
      ...{ cancelOrderId: 99 as OrderId, cancelOrigClientOrderId: "" },
    };
    const folded = fold(shard, [["same", replacing]]);
    for (const command of forkCommands(folded)) shard.send(command);
    expect(shard.book("BUY")).to.deep.equal(["1: 1 @ 100"]);
  });

  it("names an order also by the id that its client's second copy had", () => {
    const shard = new EngineShard(KIND);
    const placing = shard.placing({ id: 1 });
    const folded = fold(shard, [
      ["same", placing],
      ["same", { ...placing, orderId: 71 as OrderId }],
    ]);
    const told = forkCommands(folded).map((command) => shard.send(command));
    expect(told.slice(0, 2)).to.deep.equal([
      ["replayed 1", "accepted 1 working"],
      [`merged 2 with ${shard.engine.seq - 2}`, "merged orders 71"],
    ]);
  });
});

/** Folds commands in a fork that leaves the shard where it stands. */
function fold(shard: EngineShard, commands: readonly (readonly [string, Command])[]) {
  const { branch, engine } = shard;
  const begins: Command = {
    ...{
      kind: "BranchStarted",
      branch: FORK,
      parent: branch,
      parentSeq: engine.seq,
      epoch: 1,
      provisional: true,
    },
  };
  const envelopes = [["begins", begins] as const, ...commands].map(([name, command]): CommandEnvelope => {
    return { commandId: idOf(name), branch: FORK, validUntil: 0, command };
  });
  return foldFork(restoreEngine(engine.snapshot()), FORK, envelopes.map(encodeCommand));
}

function idOf(name: string): CommandId {
  return Buffer.from(name.padEnd(16, ".")).toString("hex") as CommandId;
}
