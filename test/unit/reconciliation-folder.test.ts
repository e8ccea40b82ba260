import { expect } from "chai";
import { describe, it } from "mocha";
import { createEngine } from "#services/matching/engine/engine.ts";
import { ReconciliationFolder, reconciliationOf } from "#services/reconciliation/reconciliation-folder.ts";
import type { Command, ForkCommand, ForkFill, PlaceOrder } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, CommandId, MarketId, OrderId, Seq, ShardId } from "#shared/domain/ids.ts";
import { EngineShard } from "#test/support/engine-shard.ts";

const FORK = "eu-west-1.4" as BranchId;
const [A, B] = [7 as OrderId, 71 as OrderId];
const SAME = "5".repeat(32) as CommandId;

describe("what a reconciliation says of a command that was sent twice", () => {
  it("names each copy in a fork by its own id", async () => {
    const stage = new Stage();
    const order = stage.shard.placing({ id: A });
    stage.fold(replaying(1, order));
    stage.fold(replaying(2, { ...order, orderId: B }));
    expect(await stage.verdicts({ [B]: A })).to.deep.equal(["7 confirmed", "71 merged"]);
  });

  it("is refused where the canonical side had refused it, and skipped where it was skipped", async () => {
    const stage = new Stage();
    const order = stage.shard.placing({ id: A });
    stage.shard.keep(1, "QQQ", 0);
    stage.fold(order, SAME);
    stage.fold(replaying(1, { ...order, orderId: B }));
    const other = { commandId: "6".repeat(32) as CommandId };
    stage.fold({ ...replaying(2, { ...order, orderId: 8 as OrderId }, other), mode: "skip" });
    stage.fold(replaying(3, { ...order, orderId: 81 as OrderId }, other));
    expect(await stage.verdicts({})).to.deep.equal([
      "71 refused insufficient-balance",
      "8 skipped",
      "81 skipped",
    ]);
  });
});

describe("what a reconciliation says of a fill with an order that an earlier fork had brought", () => {
  // The simulator's seed 20261011 (60 s, 10,000 steps), once a Region stopped a little sooner: the first fork's order was merged into one that its client had sent another way, and traded in the second.
  it("confirms it where that order trades under the id under which it stands", async () => {
    const [resting, standing, taker] = [417, 125, 427] as OrderId[] as [OrderId, OrderId, OrderId];
    const trade = { market: "AAAQQQ" as MarketId, price: 100, quantity: 3, takerOrderId: taker };
    const fill = {
      ...{ ...trade, tradeId: 9, quote: 300, takerSide: "BUY", makerOrderId: resting },
      ...{ makerAccount: 3, takerAccount: 12, makerFee: 0, takerFee: 0 },
    } as unknown as ForkFill;
    const asked: OrderId[] = [];
    const { fills } = await reconciliationOf(
      {
        ...{ fork: FORK, startedSeq: 1 as Seq, startedAt: 0, commands: [], merged: [], closing: [] },
        ...{ firstSeqs: new Map(), names: new Map([["12 c19", taker]]), fills: [fill] },
        outcome: {
          shard: "shard-1",
          branch: FORK,
          seq: 9,
          time: 0,
          commandId: "",
          events: [],
        } as unknown as Outcome,
      },
      1,
      {
        tradesOf: async () => [{ ...trade, makerOrderId: standing }],
        standingIdOf: async (_kind, merged) => {
          asked.push(merged);
          return merged === resting ? standing : undefined;
        },
        outcomeAt: async () => undefined,
      },
    );
    expect(fills.map(({ confirmed, conflicted }) => [confirmed, conflicted])).to.deep.equal([[3, 0]]);
    expect(asked, "the taker came with this fork").to.deep.equal([resting]);
  });
});

class Stage {
  readonly shard = new EngineShard({ name: "fast engine", create: createEngine });
  readonly #outcomes: Outcome[] = [];

  fold(command: Command, commandId: CommandId | "" = ""): void {
    const events = commandId === "" ? this.shard.fold(command) : this.shard.foldAs({ commandId }, command);
    const { branch, engine } = this.shard;
    const { seq, time } = engine.state();
    this.#outcomes.push({ shard: "shard-1" as ShardId, branch, seq, time, commandId, events });
  }

  /** In the order of the replay; `standing` says by id of a fork where an order stands. */
  async verdicts(standing: Readonly<Record<number, OrderId>>): Promise<string[]> {
    this.fold({ kind: "ForkReplayEnded", fork: FORK, n: this.#forkCommands + 1, balances: [], last: true });
    const folder = new ReconciliationFolder();
    for (const outcome of this.#outcomes) {
      const folded = folder.fold(outcome);
      if (folded?.kind !== "ended") continue;
      const { commands } = await reconciliationOf(folded.ended, 1, {
        tradesOf: async () => [],
        standingIdOf: async (_kind, merged) => standing[merged],
        outcomeAt: async (wanted) => this.#outcomes.find(({ seq }) => seq === wanted),
      });
      return commands.map(({ orderId, verdict, reason }) => `${orderId} ${verdict} ${reason}`.trim());
    }
    throw new Error("the replay has ended");
  }

  get #forkCommands(): number {
    return this.#outcomes.filter(({ events }) => events[0]?.kind === "ForkCommandReplayed").length;
  }
}

function replaying(n: number, command: PlaceOrder, { commandId } = { commandId: SAME }): ForkCommand {
  return {
    ...{ kind: "ForkCommand", fork: FORK, n, commandId, command, mode: "as-was" },
    ...{ price: 0, quantity: 0, fills: [] },
  };
}
