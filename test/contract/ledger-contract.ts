import { expect } from "chai";
import { describe, it } from "mocha";
import { ledgerBatch } from "#services/ledger/ledger-handler.ts";
import type { AccountId, AssetId, BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { failureOf } from "./support/failure-of.ts";
import { depositMessage, messageOf, tradeMessage } from "./support/sample-messages.ts";

/** A ledger in one world. */
export interface LedgerWorld {
  readonly world: string;
  /** An empty ledger; closed after the tests. */
  open(): Promise<Ledger>;
  /** Runs a statement behind the ledger's back, on the database of the last one that was opened. */
  execute(statement: string): Promise<unknown>;
}

const SHARD = "crypto-1" as ShardId;
const ALICE = 1 as AccountId;
const BOB = 2 as AccountId;
const DAY_MS = 24 * 60 * 60_000;
/** 2023-11-14T22:13:20Z */
const START = 1_700_000_000_000;

/** What every `Ledger` promises (shared/ports/ledger.ts). */
export function ledgerContract({ world, open, execute }: LedgerWorld): void {
  describe(`the ledger (${world})`, () => {
    const record = (ledger: Ledger, ...messages: BusMessage[]) => ledger.record(ledgerBatch(messages));
    const sums = async (ledger: Ledger, through: number) =>
      (await ledger.balances(SHARD, through as Seq)).map(({ account, asset, amount }) => [
        account,
        asset,
        amount.toString(),
      ]);

    it("writes both sides of deposits and trades, with fees, and adds up to zero", async () => {
      const ledger = await open();
      const written = await record(
        ledger,
        depositMessage(1, 1, 100_000, "BTC"),
        depositMessage(2, 2, 50_000_000, "USDT"),
        tradeMessage(3),
      );
      expect(written).to.equal(3);
      expect(await sums(ledger, 3)).to.deep.equal([
        [-1, "BTC", "-100000"],
        [-1, "USDT", "-50000000"],
        [0, "BTC", "20"],
        [0, "USDT", "10000"],
        [1, "BTC", "80000"],
        [1, "USDT", "9990000"],
        [2, "BTC", "19980"],
        [2, "USDT", "40000000"],
      ]);
    });

    it("writes once what it is told twice, in one batch or in many", async () => {
      const ledger = await open();
      const messages = [depositMessage(1), tradeMessage(2), tradeMessage(2)];
      expect(await record(ledger, ...messages)).to.equal(2);
      const once = await sums(ledger, 9);
      expect(await record(ledger, ...messages)).to.equal(0);
      expect(await record(ledger, ...messages, depositMessage(3, 1, 5))).to.equal(1);
      expect(await sums(ledger, 2)).to.deep.equal(once);
    });

    it("gives balances of any seq, whatever order events came in", async () => {
      const ledger = await open();
      await record(ledger, depositMessage(3, 1, 30), depositMessage(1, 1, 10));
      await record(ledger, depositMessage(2, 1, 20));
      const held = async (through: number) => {
        const found = await ledger.balances(SHARD, through as Seq);
        return found.find(({ account }) => account === ALICE)?.amount;
      };
      expect([await held(0), await held(1), await held(2), await held(3)]).to.deep.equal([
        undefined,
        10n,
        30n,
        60n,
      ]);
    });

    it("keeps sums beyond 2^53 exact", async () => {
      const ledger = await open();
      const most = Number.MAX_SAFE_INTEGER;
      await record(ledger, depositMessage(1, 1, most), depositMessage(2, 1, most), depositMessage(3, 1, 2));
      const balance = (await ledger.balances(SHARD, 3 as Seq)).find(({ account }) => account === ALICE);
      expect(balance?.amount).to.equal(2n * BigInt(most) + 2n);
    });

    it("refuses a transaction that does not add up, and all of its batch", async () => {
      const ledger = await open();
      const { transactions } = ledgerBatch([depositMessage(1), depositMessage(2)]);
      const [good, bad] = transactions;
      if (good === undefined || bad === undefined) throw new Error("two transactions");
      const crooked = {
        ...bad,
        entries: bad.entries.map((entry, at) => (at === 0 ? { ...entry, amount: entry.amount + 1n } : entry)),
      };
      const failure = await failureOf(ledger.record({ transactions: [good, crooked], endedForks: [] }));
      expect(failure?.message).to.match(/does not add up to zero in USDT/);
      expect(await sums(ledger, 9)).to.deep.equal([]);
      expect(await ledger.record({ transactions: [good], endedForks: [] })).to.equal(1);
    });

    it("lets nobody change or delete what was written", async () => {
      const ledger = await open();
      await record(ledger, depositMessage(1));
      for (const statement of [
        "DELETE FROM ledger_entries",
        "UPDATE ledger_entries SET amount = amount * 2",
        "UPDATE ledger_transactions SET state = 'provisional'",
        "TRUNCATE ledger_entries",
      ])
        expect(String(await failureOf(Promise.resolve(execute(statement)))), statement).to.match(
          /only added to/,
        );
    });

    const FORK = { branch: "ap-northeast-1.3" as BranchId, isFinal: false };
    const forkEnd = (seq: number, last = true) =>
      messageOf(seq, { kind: "ForkReplayDone", fork: FORK.branch, n: 1, balances: [], last });

    it("keeps what is provisional apart, and reverses it when its fork is over", async () => {
      const ledger = await open();
      await record(ledger, depositMessage(1), tradeMessage(2, "BTCUSDT", FORK));
      const states = async () =>
        (await ledger.holdings(ALICE)).map(({ asset, state, amount }) => [asset, state, amount.toString()]);
      expect(await states()).to.deep.equal([
        ["BTC", "provisional", "-20000"],
        ["USDT", "final", "1000000"],
        ["USDT", "provisional", "9990000"],
      ]);
      expect((await sums(ledger, 9)).filter(([account]) => account === 1)).to.deep.equal([
        [1, "USDT", "1000000"],
      ]);
      await record(ledger, forkEnd(3, false));
      expect(await states()).to.have.length(3);
      await record(ledger, tradeMessage(2), forkEnd(4));
      await record(ledger, forkEnd(4));
      expect(await states()).to.deep.equal([
        ["BTC", "final", "-20000"],
        ["USDT", "final", "10990000"],
      ]);
    });

    it("shows a bust as a reversing line, never as a gap", async () => {
      const ledger = await open();
      await record(ledger, depositMessage(1), tradeMessage(2, "BTCUSDT", FORK));
      await record(ledger, forkEnd(3));
      const lines = await ledger.statement({ account: BOB, limit: 10 });
      expect(
        lines.map(({ kind, state, isReversed, asset, amount }) => [kind, state, isReversed, asset, amount]),
      ).to.deep.equal([
        ["reversal", "provisional", false, "BTC", -19_980n],
        ["reversal", "provisional", false, "USDT", 10_000_000n],
        ["trade", "provisional", true, "BTC", 19_980n],
        ["trade", "provisional", true, "USDT", -10_000_000n],
      ]);
      expect(await ledger.holdings(BOB)).to.deep.equal([]);
    });

    it("reverses also what comes only after its fork is over", async () => {
      const ledger = await open();
      await record(ledger, forkEnd(3));
      await record(ledger, tradeMessage(2, "BTCUSDT", FORK));
      await record(ledger, tradeMessage(2, "BTCUSDT", FORK));
      expect(await ledger.holdings(ALICE)).to.deep.equal([]);
      expect(await ledger.statement({ account: ALICE, limit: 10 })).to.have.length(4);
    });

    it("takes an end of a fork for an end only once it is final", async () => {
      const ledger = await open();
      await record(ledger, tradeMessage(2, "BTCUSDT", FORK));
      await record(ledger, { ...forkEnd(3), isFinal: false });
      expect(await ledger.holdings(ALICE)).to.have.length(2);
    });

    it("counts what is on its way between shards, until it has arrived", async () => {
      const ledger = await open();
      const transfer = { account: ALICE, asset: "USDT" as AssetId, amount: 400, transferId: "ab" as never };
      const out = messageOf(2, { kind: "TransferredOut", toShard: "crypto-2" as ShardId, ...transfer });
      const into = messageOf(
        1,
        { kind: "TransferredIn", fromShard: SHARD, ...transfer },
        { shard: "crypto-2" as ShardId },
      );
      await record(ledger, depositMessage(1, 1, 1000), out);
      const transit = async () =>
        (await ledger.holdings(-2 as AccountId)).reduce((sum, { amount }) => sum + amount, 0n);
      expect(await transit()).to.equal(400n);
      await record(ledger, into);
      expect(await transit()).to.equal(0n);
      expect((await ledger.holdings(ALICE)).map(({ shard, amount }) => [shard, amount])).to.deep.equal([
        [SHARD, 600n],
        ["crypto-2", 400n],
      ]);
    });

    it("pages an account's statement from the newest line on", async () => {
      const ledger = await open();
      await record(ledger, ...[1, 2, 3, 4, 5].map((seq) => depositMessage(seq, 1, seq)));
      const first = await ledger.statement({ account: ALICE, limit: 2 });
      const second = await ledger.statement({ account: ALICE, limit: 9, before: first[1]?.id ?? 0n });
      expect([...first, ...second].map(({ seq }) => seq)).to.deep.equal([5, 4, 3, 2, 1]);
      expect(await ledger.statement({ account: ALICE, asset: "BTC" as AssetId, limit: 9 })).to.deep.equal([]);
    });

    it("adds up volume, fees and positions by UTC day, of what is final alone", async () => {
      const ledger = await open();
      const at = (time: number) => ({ time });
      await record(
        ledger,
        tradeMessage(1, "BTCUSDT", at(START)),
        tradeMessage(2, "BTCUSDT", at(START + 1000)),
        tradeMessage(3, "ETHUSDT", at(START + DAY_MS)),
        tradeMessage(4, "BTCUSDT", { ...FORK, ...at(START) }),
      );
      const range = { from: "2023-11-14", to: "2023-11-15" };
      expect(await ledger.volumeByDay(range)).to.deep.equal([
        {
          day: "2023-11-14",
          market: "BTCUSDT",
          base: "BTC",
          baseAmount: 40_000n,
          quote: "USDT",
          quoteAmount: 20_000_000n,
          trades: 2,
        },
        {
          day: "2023-11-15",
          market: "ETHUSDT",
          base: "ETH",
          baseAmount: 20_000n,
          quote: "USDT",
          quoteAmount: 10_000_000n,
          trades: 1,
        },
      ]);
      expect(await ledger.feesByDay({ from: "2023-11-14", to: "2023-11-14" })).to.deep.equal([
        { day: "2023-11-14", asset: "BTC", amount: 40n },
        { day: "2023-11-14", asset: "USDT", amount: 20_000n },
      ]);
      expect(
        (await ledger.positionsByDay(ALICE, range)).filter(({ asset }) => asset === "USDT"),
      ).to.deep.equal([
        { day: "2023-11-14", asset: "USDT", amount: 19_980_000n },
        { day: "2023-11-15", asset: "USDT", amount: 29_970_000n },
      ]);
    });
  });
}
