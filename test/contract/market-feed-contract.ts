import { join } from "node:path";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { MarketFeedPublisher } from "#services/market-feed/market-feed-publisher.ts";
import { openSqliteFeedStands } from "#shared/adapters/embedded/sqlite-feed-stands.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  MarketId,
  OrderId,
  Seq,
  ShardId,
  TradeId,
} from "#shared/domain/ids.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { MarketFeed } from "#shared/ports/market-feed.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { type MarketMessage, marketMessagesOf } from "#shared/protocol/market-feed.ts";
import { eventually } from "#test/support/eventually.ts";
import type { Adapters, Place } from "./support/adapters.ts";

export interface MarketFeedWorld extends Pick<Adapters, "world" | "makePlace" | "removePlace"> {
  openFeed(place: Place): Promise<MarketFeed>;
  /** What consumers find: all that was published, in order. */
  published(place: Place): Promise<string>;
}

const SHARD = "shard-1" as ShardId;
const MARKET = "BTCUSDT" as MarketId;

/** What every `MarketFeed` promises (shared/ports/market-feed.ts), and what is published on it. */
export function marketFeedContract(world: MarketFeedWorld): void {
  describe(`the market feed (${world.world})`, () => {
    let place: Place;
    const closing: { close(): unknown }[] = [];

    beforeEach(async () => {
      place = await world.makePlace();
    });
    afterEach(async () => {
      for (const each of closing.splice(0).toReversed()) await each.close();
      await world.removePlace(place);
    });

    const open = async () => {
      const feed = await world.openFeed(place);
      closing.push(feed);
      return feed;
    };
    const found = async () =>
      (await world.published(place))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as MarketMessage);
    const journalIn = () => {
      const journal = openSqliteJournal({ file: join(place, "journal.db") });
      closing.push(journal);
      return journal;
    };
    /** A publisher on a journal, which stands where the one before it stood. */
    const publisherOn = async (journal: Journal, feed: MarketFeed) => {
      const stands = openSqliteFeedStands({ file: join(place, "stands.db") });
      const publisher = new MarketFeedPublisher({
        ...{ shard: SHARD, journal, feed, stands, clock: systemClock() },
        onTrouble: () => {},
        onFailure: (error) => {
          throw error;
        },
      });
      await publisher.start();
      closing.push({ close: () => publisher.stop().then(() => stands.close()) });
      return publisher;
    };

    it("has what was published, in order, after it was closed and opened again too", async () => {
      const messages = range(1, 40).flatMap((seq) => marketMessagesOf(outcome(seq)));
      const feed = await open();
      await feed.publish(SHARD, messages.slice(0, 50));
      await feed.close();
      const again = await open();
      await again.publish(SHARD, messages.slice(50));
      expect(await found()).to.deep.equal(messages);
    });

    it("takes more at once than a record holds", async () => {
      const messages = range(1, 3000).flatMap((seq) => marketMessagesOf(outcome(seq)));
      const feed = await open();
      await feed.publish(SHARD, messages);
      expect((await found()).length).to.equal(messages.length);
    });

    it("is given what the journal holds of trades and books, each under its name, and no accounts", async () => {
      const journal = journalIn();
      await journal.append(range(1, 5).map((seq) => outcome(seq)));
      const publisher = await publisherOn(journal, await open());
      await journal.append(range(6, 9).map((seq) => outcome(seq)));
      await eventually(() => publisher.seq === 9);
      const messages = await found();
      expect(
        messages.map((message) => ("index" in message ? [message.seq, message.index, message.kind] : [])),
      ).to.deep.equal(
        range(1, 9).flatMap((seq) => [
          [seq, 0, "trade"],
          [seq, 2, "level"],
        ]),
      );
      expect(JSON.stringify(messages)).not.to.match(/account|order/i);
    });

    it("goes on where it stood, and leaves nothing out", async () => {
      const journal = journalIn();
      await journal.append(range(1, 5).map((seq) => outcome(seq)));
      const first = await publisherOn(journal, await open());
      await eventually(() => first.seq === 5);
      await first.stop();
      await journal.append(range(6, 8).map((seq) => outcome(seq)));
      const second = await publisherOn(journal, await open());
      await eventually(() => second.seq === 8);
      const trades = (await found()).filter(({ kind }) => kind === "trade");
      expect(trades.map((trade) => "seq" in trade && trade.seq)).to.deep.equal(range(1, 8));
    });

    it("is told when the tape goes back, while the publisher runs and while it does not", async () => {
      const journal = journalIn();
      await journal.append(range(1, 5).map((seq) => outcome(seq)));
      const first = await publisherOn(journal, await open());
      await eventually(() => first.seq === 5);
      await journal.rewind(3);
      await journal.append([outcome(4, "eu-west-1.1")]);
      await eventually(() => first.seq === 4);
      await first.stop();
      await journal.rewind(2);
      await journal.append([outcome(3, "ap-northeast-1.1")]);
      const second = await publisherOn(journal, await open());
      await eventually(() => second.seq === 3);
      const told = (await found()).map((message) =>
        "seq" in message ? `${message.branch} ${message.seq}` : `back to ${message.toSeq}`,
      );
      expect([...new Set(told.slice(8))]).to.deep.equal([
        "us-east-1.1 5",
        "back to 3",
        "eu-west-1.1 4",
        "back to 0",
        "us-east-1.1 1",
        "us-east-1.1 2",
        "ap-northeast-1.1 3",
      ]);
    });

    it("is given again what was not known to be published", async () => {
      const journal = journalIn();
      await journal.append(range(1, 3).map((seq) => outcome(seq)));
      const feed = await open();
      let calls = 0;
      const publisher = await publisherOn(journal, {
        close: () => Promise.resolve(),
        publish: async (...args) => {
          await feed.publish(...args);
          if (++calls === 1) throw new OperatingError("the answer was lost");
        },
      });
      await eventually(() => publisher.seq === 3);
      const names = (await found()).map((message) =>
        "index" in message ? `${message.seq} ${message.index}` : "",
      );
      expect(names).to.have.length(12);
      expect([...new Set(names)]).to.have.length(6);
    });
  });
}

/** A trade, what it did to balances, and to the book. */
function outcome(seq: number, branch = "us-east-1.1"): Outcome {
  const [maker, taker] = [1 as AccountId, 2 as AccountId];
  return {
    shard: SHARD,
    branch: branch as BranchId,
    seq: seq as Seq,
    time: 1_700_000_000_000 + seq,
    commandId: "",
    events: [
      {
        ...{ kind: "Trade", market: MARKET, tradeId: seq as TradeId, price: 100, quantity: 2, quote: 200 },
        ...{ takerSide: "BUY", makerOrderId: 1 as OrderId, takerOrderId: 2 as OrderId },
        ...{ makerAccount: maker, takerAccount: taker, makerFee: 0, takerFee: 0 },
        ...{ makerFilled: true, takerFilled: false },
      },
      { kind: "BalanceChanged", account: maker, asset: "BTC" as AssetId, free: 1, locked: 0 },
      { kind: "LevelChanged", market: MARKET, side: "SELL", price: 100, quantity: 7, updateId: seq },
    ],
  };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
