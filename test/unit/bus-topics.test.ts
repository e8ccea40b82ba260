import { expect } from "chai";
import { describe, it } from "mocha";
import { busTopology } from "#shared/adapters/aws/event-bus/bus-topology.ts";
import { handleQueueBatch } from "#shared/adapters/aws/lambda/queue-batch.ts";
import type { Event, Outcome } from "#shared/domain/event.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { busRuns } from "#shared/protocol/bus/bus-run.ts";
import { CONSUMER_KINDS, CONSUMERS } from "#shared/protocol/bus/consumers.ts";
import { TOPICS, topicOf, topicsOf } from "#shared/protocol/bus/topics.ts";
import { tradeMessage } from "#test/contract/support/sample-messages.ts";

const accepted = { kind: "OrderAccepted", orderId: 7, market: "BTCUSDT" } as Event;
const trade = (changes: object) =>
  ({ kind: "Trade", market: "BTCUSDT", makerOrderId: 3, takerOrderId: 7, ...changes }) as Event;
const outcomeOf = (...events: Event[]) => ({ events }) as unknown as Outcome;

describe("topics of the bus", () => {
  it("an order that rests is unmatched", () => {
    expect(topicOf(accepted, outcomeOf(accepted))).to.equal("unmatched");
  });

  it("an order that is filled in part and rests is unmatched, its fill matched", () => {
    const fill = trade({ makerFilled: true, takerFilled: false });
    const outcome = outcomeOf(accepted, fill);
    expect(topicOf(accepted, outcome)).to.equal("unmatched");
    expect(topicOf(fill, outcome)).to.equal("matched");
  });

  it("an order that is filled at once is matched", () => {
    expect(topicOf(accepted, outcomeOf(accepted, trade({ makerFilled: true, takerFilled: true })))).to.equal(
      "matched",
    );
  });

  it("an order that expires at once is other", () => {
    const expired = { kind: "OrderExpired", orderId: 7, market: "BTCUSDT", reason: "unfilled" } as Event;
    expect(topicOf(accepted, outcomeOf(accepted, expired))).to.equal("other");
    expect(topicOf(expired, outcomeOf(accepted, expired))).to.equal("other");
  });

  it("what only displays need is on none", () => {
    for (const kind of ["BalanceChanged", "LevelChanged", "CommandRepeated", "ForkCommandIgnored"] as const) {
      expect(topicOf({ kind } as Event, outcomeOf())).to.equal(undefined);
      expect(topicsOf(kind)).to.deep.equal([]);
    }
  });

  it("every consumer hears only of what is on the bus", () => {
    for (const consumer of CONSUMERS)
      for (const kind of CONSUMER_KINDS[consumer])
        expect(topicsOf(kind), `${consumer} ${kind}`).not.to.deep.equal([]);
  });
});

describe("the bus as resources", () => {
  const { topics, queues, subscriptions } = busTopology("m");

  it("has FIFO topics and queues, and a dead-letter queue a consumer", () => {
    expect(topics.map(({ name }) => name)).to.deep.equal(TOPICS.map((topic) => `m-${topic}.fifo`));
    expect(queues.map(({ deadName }) => deadName)).to.deep.equal(
      CONSUMERS.map((name) => `m-${name}-dead.fifo`),
    );
  });

  it("subscribes a consumer to a topic only where it hears something there", () => {
    const ofLedger = subscriptions.filter(({ consumer }) => consumer === "ledger");
    expect(ofLedger.map(({ topic }) => topic)).to.deep.equal(["matched", "other"]);
    const ofReconciliation = subscriptions.filter(({ consumer }) => consumer === "reconciliation");
    expect(ofReconciliation.map(({ topic }) => topic)).to.deep.equal(["other"]);
  });

  it("filters by what a message says of its consumers, in no more attributes than SNS hands on to a queue", () => {
    for (const { consumer, filterPolicy } of subscriptions)
      expect(filterPolicy).to.deep.equal({ [consumer]: ["hears"] });
    // Two more say whose it is and whether it is final.
    expect(CONSUMERS.length + 2).to.be.at.most(10);
  });
});

const textOf = (message: BusMessage) => busRuns([message], { eventsMax: 1, bytesMax: 1 })[0]?.text;

describe("a consumer as a function", () => {
  const messages = [tradeMessage(1), tradeMessage(2), tradeMessage(3), tradeMessage(4, "ETHUSDT")];
  const event = (receives: string) => ({
    Records: messages.map((message, at) => ({
      messageId: `m${at + 1}`,
      body: textOf(message),
      attributes: { ApproximateReceiveCount: receives },
    })),
  });
  const failedOf = async (receives: string, failed: readonly number[]) => {
    const names = messages.filter(({ seq }) => failed.includes(seq)).map(({ name }) => name);
    const answer = await handleQueueBatch(event(receives) as never, async () => ({ failed: names }), {
      consumer: "ledger",
      receivesMax: 5,
    });
    return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };

  it("names what failed and all behind it in its market", async () => {
    expect(await failedOf("1", [2])).to.deep.equal(["m2", "m3"]);
  });

  it("names only what failed for the last time, so that those behind it do not follow it into the dead-letter queue", async () => {
    expect(await failedOf("5", [2])).to.deep.equal(["m2"]);
  });

  it("answers a batch of which nothing was done with all of it, and a batch that was done with nothing", async () => {
    expect(await failedOf("1", [1, 4])).to.deep.equal(["m1", "m2", "m3", "m4"]);
    expect(await failedOf("1", [])).to.deep.equal([]);
  });
});
