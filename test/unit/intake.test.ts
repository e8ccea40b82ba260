import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { OUTBOX_LIMITS } from "#services/gateway/intake/outbox-queue.ts";
import type { Submission } from "#services/gateway/order-entry.ts";
import { ExchangeView } from "#services/gateway/views/exchange-view.ts";
import type { Command } from "#shared/domain/command.ts";
import type { Event } from "#shared/domain/event.ts";
import type { AccountId, AssetId, BranchId, MarketId, OrderId } from "#shared/domain/ids.ts";
import { eventually } from "#test/support/eventually.ts";
import {
  ALICE,
  IN_FORK,
  type IntakeWorld,
  idOf,
  makeIntakeWorld,
  OWN,
  QUEUED_VALIDITY_MS,
  REMOTE,
  TIMEOUT_MS,
  UNREACHABLE,
} from "#test/support/intake-world.ts";

const HALTING = { market: "AAPLUSD" as MarketId, price: 10_000, quantity: 100 };

describe("the intake", () => {
  let world: IntakeWorld;

  beforeEach(async () => {
    world = await makeIntakeWorld();
  });
  afterEach(() => world.stop());

  const placed = async () => (await world.commands()).filter(({ kind }) => kind === "PlaceOrder");
  const statusIn = (view: ExchangeView, orderId: OrderId) =>
    view.order(ALICE, "BTCUSDT" as MarketId, { orderId })?.status;
  const exchange = () => new ExchangeView([world.view], { waiting: world.queue });
  const isTaken = (submission: Submission) =>
    submission.ok && submission.outcome.events.some(({ kind }) => kind === "OrderAccepted");
  const errorOf = (submission: Submission) => (submission.ok ? "none" : submission.error);
  const cancel = (orderId: OrderId, account = ALICE): Command => ({
    kind: "CancelOrder",
    account,
    market: "BTCUSDT" as MarketId,
    orderId,
    origClientOrderId: "",
    restriction: "NONE",
  });

  it("takes an order into the own log, and answers what the fold made of it", async () => {
    expect(isTaken(await world.submit(world.order()))).to.equal(true);
  });

  it("takes an order to the owner over the link", async () => {
    world.setRoute(REMOTE);
    expect(isTaken(await world.submit(world.order()))).to.equal(true);
  });

  it("tells how long an order took by where its owner was: here in the own log and the own fork, elsewhere over the link and where nobody can be reached", async () => {
    const timed = (owner: "here" | "elsewhere") =>
      world.metrics.count("meridian_order_seconds", { stage: "total", owner });
    await world.submit(world.order());
    world.setRoute(REMOTE);
    await world.submit(world.order());
    expect([timed("here"), timed("elsewhere")]).to.deep.equal([1, 1]);
    world.setRoute(IN_FORK);
    await world.openFork();
    await world.submit(world.order());
    world.setRoute(UNREACHABLE);
    await world.submit(world.order());
    expect([timed("here"), timed("elsewhere")]).to.deep.equal([2, 2]);
    expect(world.metrics.count("meridian_order_seconds", { stage: "append", owner: "elsewhere" })).to.equal(
      1,
    );
  });

  it("answers the same first outcome to a command that is sent again", async () => {
    const order = world.order();
    const first = await world.submit(order, "the same");
    const again = await world.submit({ ...order, orderId: 77 as OrderId }, "the same");
    expect(again).to.deep.equal({ ...first, repeated: true });
  });

  it("answers what it heard, although the owner's word that it has appended was lost", async () => {
    world.setRoute(REMOTE);
    world.setLink("deaf");
    expect(isTaken(await world.submit(world.order()))).to.equal(true);
  });

  it("does not know of an order that nobody answered, and sends it again with the same id until its shard has told", async () => {
    world.setRoute(REMOTE);
    world.setLink("down");
    const order = world.order();
    const answer = world.submit(order);
    world.clock.advance(TIMEOUT_MS);
    expect(errorOf(await answer)).to.equal("unknown");
    expect(await placed()).to.deep.equal([]);
    world.setLink("fine");
    world.clock.advance(60_000);
    await eventually(() => statusIn(exchange(), order.orderId) === "NEW");
    await eventually(() => world.queue.pending(world.view.shard).length === 0);
    expect(await placed()).to.deep.equal([order]);
  });

  it("notices within a few seconds that its owner answers again, however long it did not", async () => {
    world.setRoute(REMOTE);
    world.setLink("down");
    const order = world.order();
    const answer = world.submit(order);
    world.clock.advance(TIMEOUT_MS);
    expect(errorOf(await answer)).to.equal("unknown");
    const pass = async (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        world.clock.advance(1000);
        for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
      }
    };
    await pass(75);
    world.setLink("fine");
    // What is under way ends first; then it is tried again.
    await pass(TIMEOUT_MS / 1000 + 4);
    await eventually(() => statusIn(exchange(), order.orderId) === "NEW");
  });

  it("lets nothing of an account overtake what is sent again", async () => {
    world.setRoute(REMOTE);
    world.setLink("down");
    const first = world.order();
    const unknown = world.submit(first);
    world.clock.advance(TIMEOUT_MS);
    expect(errorOf(await unknown)).to.equal("unknown");
    world.setLink("fine");
    const second = world.order();
    const answer = world.submit(second);
    // Others go by meanwhile: the sender has had its turn.
    const other = 2 as AccountId;
    for (let turn = 0; turn < 5; turn++) await world.submit(cancel(1 as OrderId, other));
    expect(await placed()).to.deep.equal([]);
    world.clock.advance(1000);
    expect(isTaken(await answer)).to.equal(true);
    expect(await placed()).to.deep.equal([first, second]);
  });

  it("answers what is sent again and done at once, although others of its account wait", async () => {
    world.setRoute(REMOTE);
    const done = world.order();
    const first = await world.submit(done, "done");
    world.setLink("down");
    const waiting = world.submit(world.order());
    world.clock.advance(TIMEOUT_MS);
    expect(errorOf(await waiting)).to.equal("unknown");
    const again = await world.submit({ ...done, orderId: 77 as OrderId }, "done");
    expect(again).to.deep.equal({ ...first, repeated: true });
    expect(world.queue.pending(world.view.shard), "nothing was added to what waits").to.have.length(1);
  });

  it("never sends what may have been taken into a fork", async () => {
    world.setRoute(REMOTE);
    world.setLink("down");
    const order = world.order();
    const answer = world.submit(order);
    world.clock.advance(TIMEOUT_MS);
    await answer;
    await world.openFork();
    world.setRoute(IN_FORK);
    world.clock.advance(60_000);
    // What comes behind it is not held up.
    expect(isTaken(await world.submit(world.order()))).to.equal(true);
    expect((await placed()).map((command) => "orderId" in command && command.orderId)).not.to.include(
      order.orderId,
    );
  });

  it("sends what is under way to the new owner when its branch ends before it was folded", async () => {
    world.setRoute({ kind: "own", branch: "eu-west-1.2" as BranchId });
    const answer = world.submit(world.order());
    await eventually(async () => (await placed()).length === 1);
    world.setRoute(OWN);
    expect(isTaken(await answer)).to.equal(true);
  });

  it("lets nothing irreversible into a fork, and says so", async () => {
    await world.openFork();
    world.setRoute(IN_FORK);
    const deposit = { kind: "Deposit", account: ALICE, asset: "BTC" as AssetId, amount: 1 } as const;
    expect(errorOf(await world.submit(deposit))).to.equal("not-in-fork");
    expect(isTaken(await world.submit(world.order()))).to.equal(true);
  });

  it("lets orders of a market that halts in a fork wait for the majority", async () => {
    await world.openFork();
    world.setRoute(IN_FORK);
    const order = world.order(HALTING);
    expect(errorOf(await world.submit(order))).to.equal("queued");
    expect(isTaken(await world.submit(world.order()))).to.equal(true);
    expect(
      (await placed()).some((command) => "market" in command && command.market === HALTING.market),
    ).to.equal(false);
  });

  it("gives what was never sent to a fork when one opens, if its market trades on", async () => {
    world.setRoute(UNREACHABLE);
    const order = world.order();
    expect(errorOf(await world.submit(order))).to.equal("queued");
    await world.openFork();
    world.setRoute(IN_FORK);
    await eventually(() => statusIn(exchange(), order.orderId) === "NEW");
  });

  it("refuses what cannot wait for an owner that cannot be reached", async () => {
    world.setRoute(UNREACHABLE);
    const deposit = { kind: "Deposit", account: ALICE, asset: "BTC" as AssetId, amount: 1 } as const;
    expect(errorOf(await world.submit(deposit))).to.equal("unreachable");
  });

  describe("with an owner that cannot be reached", () => {
    beforeEach(() => world.setRoute(UNREACHABLE));

    it("keeps an order QUEUED where its owner sees it, over a restart, and sends it when it can", async () => {
      const order = world.order();
      const answer = await world.submit(order);
      if (answer.ok || answer.error !== "queued") throw new Error("it was not queued");
      expect(answer.orders.map(({ status, orderId }) => [status, orderId])).to.deep.equal([
        ["QUEUED", order.orderId],
      ]);
      await world.restart();
      expect(
        exchange()
          .openOrders(ALICE)
          .map(({ status }) => status),
      ).to.deep.equal(["QUEUED"]);
      world.setRoute(OWN);
      await eventually(() => statusIn(exchange(), order.orderId) === "NEW");
      await eventually(() => world.queue.pending(world.view.shard).length === 0);
      expect(exchange().openOrders(ALICE)).to.have.length(1);
      expect(world.changes.map(({ kind }) => kind)).to.deep.equal(["queued", "settled"]);
    });

    it("takes the same command once", async () => {
      const order = world.order();
      await world.submit(order, "once");
      const again = await world.submit({ ...order, orderId: 77 as OrderId }, "once");
      expect(!again.ok && again.error === "queued" && again.orders[0]?.orderId).to.equal(order.orderId);
      expect(exchange().openOrders(ALICE)).to.have.length(1);
    });

    it("takes an order back that was never sent: CANCELED, and it never reaches the log", async () => {
      const order = world.order();
      await world.submit(order);
      const canceled = await world.submit(cancel(order.orderId));
      expect(canceled.ok && canceled.outcome.events.map(({ kind }) => kind)).to.deep.equal(["OrderCanceled"]);
      await world.restart();
      expect(statusIn(exchange(), order.orderId)).to.equal("CANCELED");
      expect(exchange().openOrders(ALICE)).to.deep.equal([]);
      world.setRoute(OWN);
      expect(isTaken(await world.submit(world.order()))).to.equal(true);
      expect(await placed()).to.have.length(1);
    });

    it("asks the shard about an order that was sent before, also after a restart", async () => {
      const order = world.order();
      await world.submit(order);
      world.setLink("down");
      world.setRoute(REMOTE);
      await eventually(() => world.queue.pending(world.view.shard)[0]?.state === "sent");
      world.setRoute(UNREACHABLE);
      await world.restart();
      expect(errorOf(await world.submit(cancel(order.orderId)))).to.equal("unknown");
      expect(statusIn(exchange(), order.orderId)).to.equal("QUEUED");
      world.setLink("fine");
      world.setRoute(REMOTE);
      await eventually(() => statusIn(exchange(), order.orderId) === "CANCELED");
    });

    it("sends an order all the same that its client sent another way too, so that every Region hears what its id stands for", async () => {
      const order = world.order();
      await world.submit(order, "both ways");
      const heard: Event[] = [];
      world.view.onUpdate(({ outcome }) => heard.push(...outcome.events));
      await world.append({ ...order, orderId: 77 as OrderId }, undefined, idOf("both ways"));
      await eventually(() => world.queue.pending(world.view.shard)[0]?.state === "sent");
      world.clock.advance(QUEUED_VALIDITY_MS + 1);
      world.setRoute(REMOTE);
      await eventually(() => world.queue.pending(world.view.shard).length === 0);
      expect(world.changes.map(({ kind }) => kind)).to.deep.equal(["queued", "settled"]);
      const merged = heard.flatMap((event) => (event.kind === "OrdersMerged" ? event.orders : []));
      expect(merged).to.deep.equal([{ orderId: order.orderId, clientOrderId: order.clientOrderId }]);
      expect(
        exchange()
          .openOrders(ALICE)
          .map(({ orderId }) => orderId),
      ).to.deep.equal([77]);
    });

    it("ends an order when its validity is over: EXPIRED, and its owner is told", async () => {
      const order = world.order();
      await world.submit(order);
      world.clock.advance(QUEUED_VALIDITY_MS - 1);
      expect(statusIn(exchange(), order.orderId)).to.equal("QUEUED");
      await eventually(() => {
        world.clock.advance(1);
        return statusIn(exchange(), order.orderId) === "EXPIRED";
      });
      await eventually(() => world.changes.length === 2);
      expect(world.changes.map(({ kind }) => kind)).to.deep.equal(["queued", "expired"]);
      world.setRoute(OWN);
      expect(isTaken(await world.submit(world.order()))).to.equal(true);
      expect(await placed()).to.have.length(1);
    });

    it("keeps an account's commands in their order when they can go", async () => {
      const orders = Array.from({ length: 5 }, () => world.order());
      for (const order of orders) expect(errorOf(await world.submit(order))).to.equal("queued");
      world.setRoute(REMOTE);
      const last = world.order();
      expect(isTaken(await world.submit(last))).to.equal(true);
      expect((await placed()).map((command) => "orderId" in command && command.orderId)).to.deep.equal(
        [...orders, last].map(({ orderId }) => orderId),
      );
    });

    it("cancels all: what waits here, and what rests at the shard", async () => {
      world.setRoute(OWN);
      const resting = world.order();
      await world.submit(resting);
      world.setRoute(UNREACHABLE);
      const queued = world.order();
      await world.submit(queued);
      const all = { kind: "CancelAllOrders", account: ALICE, market: "BTCUSDT" as MarketId } as const;
      // Of the one at the shard nobody knows yet.
      expect(errorOf(await world.submit(all))).to.equal("unknown");
      expect(statusIn(exchange(), queued.orderId)).to.equal("CANCELED");
      world.setRoute(OWN);
      await eventually(() => statusIn(exchange(), resting.orderId) === "CANCELED");
    });
  });

  it("bounds what waits, for each account", async () => {
    await world.stop();
    world = await makeIntakeWorld({ ...OUTBOX_LIMITS, perAccountMax: 3 });
    world.setRoute(UNREACHABLE);
    const answers: string[] = [];
    for (let count = 0; count < 5; count++) answers.push(errorOf(await world.submit(world.order())));
    expect(answers).to.deep.equal(["queued", "queued", "queued", "outbox-full", "outbox-full"]);
  });

  describe("under backpressure", () => {
    it("refuses new orders once the journal is two seconds behind, and takes cancels", async () => {
      const order = world.order();
      await world.submit(order);
      world.setJournalAge(1999);
      expect(world.intake.status().backpressure).to.equal("slow");
      world.setJournalAge(2500);
      const refused = await world.submit(world.order());
      expect(refused).to.deep.equal({ ok: false, error: "backpressure", retryAfterSeconds: 3 });
      expect(world.intake.status().backpressure).to.equal("refusing");
      expect((await world.submit(cancel(order.orderId))).ok).to.equal(true);
      expect(statusIn(exchange(), order.orderId)).to.equal("CANCELED");
    });

    it("holds answers back from half a second on: the order is taken at once", async () => {
      world.setJournalAge(1000);
      const order = world.order();
      const answer = world.submit(order);
      let isAnswered = false;
      void answer.then(() => {
        isAnswered = true;
      });
      await eventually(() => statusIn(exchange(), order.orderId) === "NEW");
      expect(isAnswered).to.equal(false);
      await eventually(() => {
        world.clock.advance(333);
        return isAnswered;
      });
      world.setJournalAge(499);
      expect(isTaken(await world.submit(world.order()))).to.equal(true);
    });
  });
});
