import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Submission } from "#services/gateway/order-entry.ts";
import type { Event } from "#shared/domain/event.ts";
import type { AccountId, MarketId, OrderId } from "#shared/domain/ids.ts";
import { eventually } from "#test/support/eventually.ts";
import { FORK, IN_FORK, type IntakeWorld, makeIntakeWorld, UNREACHABLE } from "#test/support/intake-world.ts";

describe("a refusal that may be undone", () => {
  let world: IntakeWorld;

  beforeEach(async () => {
    world = await makeIntakeWorld();
  });
  afterEach(() => world.stop());

  /** Has nothing. */
  const BOB = 2 as AccountId;
  const cancel = {
    kind: "CancelOrder",
    account: BOB,
    market: "BTCUSDT" as MarketId,
    orderId: 1 as OrderId,
    origClientOrderId: "",
    restriction: "NONE",
  } as const;
  const waiting = () => world.queue.pending(world.view.shard).map(({ state }) => state);
  const attempts = async () =>
    (await world.commands()).filter((command) => command.kind === "PlaceOrder" && command.account === BOB)
      .length;

  const heard = (kind: Event["kind"]) => {
    const events: Event[] = [];
    world.view.onUpdate(({ outcome }) =>
      events.push(...outcome.events.filter((event) => event.kind === kind)),
    );
    return events;
  };
  const refusals = () => heard("CommandRejected");
  const repeats = () => heard("CommandRepeated");
  const errorOf = (submission: Submission) => (submission.ok ? "none" : submission.error);

  it("asks the majority about an order that a fork refuses, and holds nothing of its account up meanwhile", async () => {
    await world.openFork();
    world.setRoute(IN_FORK);
    expect(errorOf(await world.submit(world.order({ account: BOB })))).to.equal("unknown");
    expect(waiting()).to.deep.equal(["sent"]);
    world.clock.advance(60_000);
    expect(errorOf(await world.submit(cancel))).to.equal("none");
    expect(await attempts(), "never again into the fork").to.equal(1);
    await world.heal();
    await eventually(() => waiting().length === 0);
    expect(await attempts()).to.equal(2);
    expect(world.changes.map(({ kind }) => kind)).to.deep.equal(["queued", "settled"]);
  });

  it("lets a cancel follow its order to the majority", async () => {
    await world.openFork();
    world.setRoute(IN_FORK);
    const order = world.order({ account: BOB });
    expect(errorOf(await world.submit(order))).to.equal("unknown");
    expect(errorOf(await world.submit({ ...cancel, orderId: order.orderId }))).to.equal("unknown");
    expect((await world.commands()).map(({ kind }) => kind)).not.to.include("CancelOrder");
    await world.heal();
    await eventually(() => waiting().length === 0);
    const kinds = (await world.commands()).map(({ kind }) => kind);
    expect(kinds.lastIndexOf("CancelOrder")).to.be.above(kinds.lastIndexOf("PlaceOrder"));
  });

  it("does not take a fork's refusal for the last word on what waited", async () => {
    world.setRoute(UNREACHABLE);
    const order = world.order({ account: BOB });
    expect(errorOf(await world.submit(order, "waits"))).to.equal("queued");
    await world.openFork();
    const refused = refusals();
    world.setRoute(IN_FORK);
    await eventually(() => refused.length === 1);
    expect(errorOf(await world.submit(order, "waits"))).to.equal("queued");
    await world.heal();
    await eventually(() => waiting().length === 0);
    expect(await attempts()).to.equal(2);
  });

  it("asks an owner that is not sure of its lease until it is", async () => {
    await world.openFork();
    // As if it were a reign: to the intake all the same.
    world.setRoute({ kind: "own", branch: FORK });
    expect(errorOf(await world.submit(world.order({ account: BOB }), "unsure"))).to.equal("unknown");
    const repeated = repeats();
    world.clock.advance(1000);
    await eventually(() => repeated.length === 1);
    // A turn for who would settle it.
    await world.submit(world.order());
    expect(waiting()).to.deep.equal(["sent"]);
    await world.heal();
    await eventually(() => waiting().length === 0);
    const told = await world.submit(world.order({ account: BOB }), "unsure");
    expect(told.ok && told.outcome.events[0]).to.include({ reason: "insufficient-balance" });
  });
});
