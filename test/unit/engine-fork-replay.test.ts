import { expect } from "chai";
import { describe, it } from "mocha";
import {
  type ForkBalance,
  type ForkCommand,
  MAX_FORK_BALANCES,
  type ReplayableCommand,
} from "#shared/domain/command.ts";
import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { decodeCommand, encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { AccountId, AssetId, BranchId, CommandId, OrderId } from "#shared/domain/ids.ts";
import { InvariantViolation } from "#shared/domain/invariant.ts";
import { EngineShard } from "#test/support/engine-shard.ts";
import { ENGINES } from "#test/support/engines.ts";

const DAY_MS = 86_400_000;
const FORK = "eu-west-1.4" as BranchId;

for (const engine of ENGINES) {
  describe(`the replay of forks in the ${engine.name}`, () => {
    it("takes a fork's commands in order and once each, whatever is lost, doubled or late", () => {
      const shard = new EngineShard(engine);
      const buy = (n: number) => replayed(n, shard.placing({ id: n, price: 100 - n }));
      expect(shard.send(buy(2))).to.deep.equal(["ignored 2 at 0"]);
      expect(shard.send(buy(0))).to.deep.equal(["ignored 0 at 0"]);
      expect(shard.send(buy(1))).to.deep.equal(["replayed 1", "accepted 1 working"]);
      expect(shard.send(buy(1))).to.deep.equal(["ignored 1 at 1"]);
      expect(shard.send(buy(3))).to.deep.equal(["ignored 3 at 1"]);
      expect(shard.send(buy(2))).to.deep.equal(["replayed 2", "accepted 2 working"]);
      expect(shard.book("BUY")).to.deep.equal(["1: 1 @ 99", "2: 1 @ 98"]);
      expect(shard.engine.state().forks).to.deep.equal([{ fork: FORK, cursor: 2, ended: false }]);
    });

    it("takes one that came out of turn when its turn comes, under the same id", () => {
      const shard = new EngineShard(engine);
      const [first, second] = ["a", "b"].map((digit) => digit.repeat(32)) as [CommandId, CommandId];
      const sendFirst = () => shard.sendAs({ commandId: first }, replayed(1, shard.placing({ id: 1 })));
      const sendSecond = () => shard.sendAs({ commandId: second }, replayed(2, shard.placing({ id: 2 })));
      expect(sendSecond()).to.deep.equal(["ignored 2 at 0"]);
      expect(sendFirst()).to.have.lengthOf(2);
      expect(sendSecond()).to.deep.equal(["replayed 2", "accepted 2 working"]);
    });

    it("keeps a cursor for each fork", () => {
      const shard = new EngineShard(engine);
      const other = "ap-northeast-1.2" as BranchId;
      shard.send(replayed(1, shard.placing({ id: 1 })));
      expect(
        shard.send({ ...replayed(1, shard.placing({ id: 2 })), fork: other, commandId: id(9) }),
      ).to.have.lengthOf(2);
      expect(shard.send(replayed(2, shard.placing({ id: 3 })))).to.have.lengthOf(2);
      expect(shard.engine.state().forks).to.deep.equal([
        { fork: other, cursor: 1, ended: false },
        { fork: FORK, cursor: 2, ended: false },
      ]);
    });

    it("merges what the client had sent another way, and what is sent after the replay is a repetition", () => {
      const shard = new EngineShard(engine);
      const placing = shard.placing({ id: 1, quantity: 5 });
      shard.sendAs({ commandId: id(1) }, placing);
      const { seq } = shard.engine;
      const inFork = { ...placing, orderId: 71 as OrderId };
      expect(shard.send(replayed(1, inFork))).to.deep.equal([`merged 1 with ${seq}`, "merged orders 71"]);
      expect(shard.book("BUY")).to.deep.equal(["1: 5 @ 100"]);
      shard.send(replayed(2, shard.placing({ id: 2 })));
      const replayedAt = shard.engine.seq;
      expect(shard.sendAs({ commandId: id(2) }, shard.placing({ id: 2 }))).to.deep.equal([
        `repeated ${replayedAt}`,
        "merged orders 2",
      ]);
    });

    it("reports what is refused now under the command's own name, and goes on", () => {
      const shard = new EngineShard(engine);
      const [buy, cancel] = [shard.placing({ id: 1 }), { ...named(7), restriction: "NONE" as const }];
      shard.place({ id: 1 });
      expect(shard.send(replayed(1, buy))).to.deep.equal([
        "replayed 1",
        "rejected PlaceOrder duplicate-order-id",
      ]);
      expect(shard.send(replayed(2, { kind: "CancelOrder", ...cancel }))).to.deep.equal([
        "replayed 2",
        "rejected CancelOrder unknown-order",
      ]);
      const elsewhere = { ...shard.placing({ id: 3 }), market: "NOPE" as never };
      expect(shard.send(replayed(3, elsewhere))).to.deep.equal([
        "replayed 3",
        "rejected PlaceOrder unknown-market",
      ]);
      expect(shard.send(replayed(4, shard.placing({ id: 4 })))).to.have.lengthOf(2);
    });

    it("does not look at the time until which a command or its carrier was valid", () => {
      const shard = new EngineShard(engine);
      shard.tick(1000);
      expect(shard.send(replayed(1, shard.placing({ id: 1 })), 1)).to.deep.equal([
        "replayed 1",
        "accepted 1 working",
      ]);
    });

    it("lets an immediate order trade no more and no worse than it did, and nothing of it rest", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, account: 2, side: "SELL", price: 100, quantity: 2 });
      shard.place({ id: 2, account: 2, side: "SELL", price: 101, quantity: 2 });
      shard.place({ id: 3, account: 2, side: "SELL", price: 102, quantity: 2 });
      const market = shard.placing({ id: 4, type: "MARKET", quantity: 9 });
      expect(shard.send(immediate(1, market, 101, 3))).to.deep.equal([
        "replayed 1",
        "accepted 4 working",
        "trade 4 takes 2 @ 100 of 1",
        "trade 4 takes 1 @ 101 of 2",
      ]);
      const stop = shard.placing({ id: 5, type: "STOP_LOSS_LIMIT", stopPrice: 90, price: 105, quantity: 9 });
      expect(shard.send(immediate(2, stop, 101, 4))).to.deep.equal([
        "replayed 2",
        "accepted 5 working",
        "trade 5 takes 1 @ 101 of 2",
        "expired 5 unfilled",
      ]);
      const spending = shard.placing({ id: 6, type: "MARKET", quoteQuantity: 5_000 });
      expect(shard.send(immediate(3, spending, 102, 1))).to.deep.equal([
        "replayed 3",
        "accepted 6 working",
        "trade 6 takes 1 @ 102 of 3",
      ]);
    });

    it("cancels as it was and places at once what replaces it", () => {
      const shard = new EngineShard(engine);
      shard.place({ id: 1, price: 90 });
      shard.place({ id: 2, account: 2, side: "SELL", price: 100, quantity: 2 });
      const { account, market, orderId, origClientOrderId } = named(1);
      const replacing: ReplayableCommand = {
        kind: "ReplaceOrder",
        account,
        market,
        mode: "STOP_ON_FAILURE",
        cancelOrderId: orderId,
        cancelOrigClientOrderId: origClientOrderId,
        restriction: "NONE",
        order: shard.placing({ id: 3, type: "MARKET", quantity: 9 }),
      };
      expect(shard.send(immediate(1, replacing, 100, 2))).to.deep.equal([
        "replayed 1",
        "canceled 1",
        "accepted 3 working",
        "trade 3 takes 2 @ 100 of 2",
      ]);
    });

    it("lets a part be less than an order may be, but not more", () => {
      const filters = { minQuantity: 5, maxQuantity: 20, minNotional: 500, maxNotional: 3000 };
      const percent = {
        bidMultiplierUp: 10_100,
        bidMultiplierDown: 9_900,
        askMultiplierUp: 50_000,
        askMultiplierDown: 1,
      };
      const shard = new EngineShard(engine);
      shard.trade(100);
      shard.define({ ...filters, ...percent });
      shard.place({ id: 1, account: 2, side: "SELL", price: 120, quantity: 20 });
      const order = (id: number) => shard.placing({ id, type: "MARKET", quantity: 9 });
      expect(shard.send(immediate(1, order(2), 120, 1))).to.deep.equal([
        "replayed 1",
        "accepted 2 working",
        "trade 2 takes 1 @ 120 of 1",
      ]);
      expect(shard.send(immediate(2, order(3), 120, 21))).to.deep.equal([
        "replayed 2",
        "rejected PlaceOrder lot-size",
      ]);
      expect(shard.send(immediate(3, order(4), 160, 20))).to.deep.equal([
        "replayed 3",
        "rejected PlaceOrder notional",
      ]);
      // What is placed as it was, and what comes after, meets its filters as ever.
      const tooSmall = shard.placing({ id: 5, price: 120, quantity: 1 });
      expect(shard.send(replayed(4, tooSmall))).to.include("rejected PlaceOrder lot-size");
      expect(shard.place({ id: 6, price: 120, quantity: 1 })).to.deep.equal(["rejected PlaceOrder lot-size"]);
    });

    it("does nothing with what is skipped, now or when its client sends it again", () => {
      const shard = new EngineShard(engine);
      const order = shard.placing({ id: 1, type: "MARKET", quantity: 9 });
      const skipping = { ...replayed(1, order), mode: "skip" as const };
      expect(shard.send(skipping)).to.deep.equal(["skipped 1"]);
      const { seq } = shard.engine;
      expect(shard.sendAs({ commandId: id(1) }, order)).to.deep.equal([`repeated ${seq}`, "merged orders 1"]);
    });

    it("remembers a deposit of a fork's tail for ever", () => {
      const shard = new EngineShard(engine);
      const deposit = {
        kind: "Deposit",
        account: 1 as AccountId,
        asset: "AAA" as AssetId,
        amount: 5,
      } as const;
      expect(shard.send(replayed(1, deposit))).to.deep.equal(["replayed 1", "Deposited"]);
      const { seq } = shard.engine;
      shard.tick(2 * DAY_MS);
      expect(shard.sendAs({ commandId: id(1) }, deposit)).to.deep.equal([`repeated ${seq}`]);
    });

    it("ends with the fork's balances, and takes nothing of the fork after the last of them", () => {
      const shard = new EngineShard(engine);
      const end = { kind: "ForkReplayEnded", fork: FORK } as const;
      expect(shard.send({ ...end, n: 2, balances: [], last: true })).to.deep.equal(["ignored 2 at 0"]);
      expect(shard.send({ ...end, n: 1, balances: balances(2), last: false })).to.deep.equal([
        "replay done 1",
      ]);
      expect(shard.send({ ...end, n: 2, balances: [], last: true })).to.deep.equal(["replay done 2, last"]);
      expect(shard.send({ ...end, n: 3, balances: [], last: true })).to.deep.equal(["ignored 3 at 2"]);
      expect(shard.send(replayed(3, shard.placing({ id: 1 })))).to.deep.equal(["ignored 3 at 2"]);
    });

    it("tells again what it carries, beside what the accounts have here, and changes nothing by it", () => {
      const shard = new EngineShard(engine);
      const before = shard.engine.state().balances;
      const [done] = shard.fold({
        kind: "ForkReplayEnded",
        fork: FORK,
        n: 1,
        balances: balances(MAX_FORK_BALANCES),
        last: true,
      });
      const expected = balances(MAX_FORK_BALANCES).map((balance) => {
        const here = before.find(
          ({ account, asset }) => account === balance.account && asset === balance.asset,
        );
        return { ...balance, canonicalFree: here?.free ?? 0, canonicalLocked: here?.locked ?? 0 };
      });
      expect(done?.kind === "ForkReplayDone" && done.balances).to.deep.equal(expected);
      expect(shard.engine.state().balances).to.deep.equal(before);
    });
  });
}

describe("the bytes of a fork's commands", () => {
  const envelope = { commandId: id(1), branch: FORK, validUntil: 0 };

  it("hold no more balances than they may", () => {
    const command = { kind: "ForkReplayEnded", fork: FORK, n: 1, last: true } as const;
    const most = encodeCommand({
      ...envelope,
      command: { ...command, balances: balances(MAX_FORK_BALANCES) },
    });
    expect(() =>
      encodeCommand({ ...envelope, command: { ...command, balances: balances(MAX_FORK_BALANCES + 1) } }),
    ).to.throw(InvariantViolation);
    // Behind the version, id, branch (length, text), validity, tag, fork, n: the count.
    const count = 1 + 16 + 1 + FORK.length + 1 + 1 + 1 + FORK.length + 1;
    expect([...most.subarray(count, count + 2)]).to.deep.equal([0xf4, 0x03]);
    const one = most.subarray(count + 2, count + 2 + (most.length - 1 - count - 2) / MAX_FORK_BALANCES);
    const more = Buffer.concat([
      most.subarray(0, count),
      Uint8Array.of(0xf5, 0x03),
      one,
      most.subarray(count + 2),
    ]);
    expect(() => decodeCommand(more)).to.throw(DecodingError);
  });

  it("hold no command that is not replayed: none that holds another, and no tick", () => {
    const tick = { kind: "Tick", time: 5 } as const;
    const inner = replayed(1, { kind: "TransferSettled", transferId: id(2) });
    for (const command of [tick, inner, { kind: "ForkSealed", fork: FORK } as const]) {
      const outer = { ...inner, command: command as never };
      expect(() => encodeCommand({ ...envelope, command: outer }), command.kind).to.throw(InvariantViolation);
    }
    const bytes = encodeCommand({ ...envelope, command: inner });
    const tag = bytes.indexOf(19);
    expect(tag).to.be.greaterThan(0);
    // A tick: its tag, and a time of one byte; what follows stays.
    const other = Buffer.concat([bytes.subarray(0, tag), Uint8Array.of(9, 5), bytes.subarray(tag + 17)]);
    expect(() => decodeCommand(other)).to.throw(DecodingError, "an unknown kind");
  });
});

function id(n: number): CommandId {
  return n.toString(16).padStart(32, "f") as CommandId;
}

function replayed(n: number, command: ReplayableCommand): ForkCommand {
  const nothing = { price: 0, quantity: 0, fills: [] };
  return { kind: "ForkCommand", fork: FORK, n, commandId: id(n), command, mode: "as-was", ...nothing };
}

function immediate(n: number, command: ReplayableCommand, price: number, quantity: number): ForkCommand {
  return { ...replayed(n, command), mode: "immediate", price, quantity };
}

function named(orderId: number) {
  const [account, market] = [1 as AccountId, "AAAQQQ" as never];
  return { account, market, orderId: orderId as never, origClientOrderId: "" };
}

function balances(count: number): ForkBalance[] {
  const one = { account: 1 as AccountId, asset: "AAA" as AssetId, free: 7, locked: 0 };
  return Array.from({ length: count }, () => one);
}
