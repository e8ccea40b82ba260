import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { OUTBOX_LIMITS } from "#services/gateway/intake/outbox-queue.ts";
import { NO_METRICS } from "#shared/telemetry/metrics.ts";
import { type OpenTracing, openTracing } from "#shared/telemetry/open-tracing.ts";
import { eventually } from "#test/support/eventually.ts";
import { IN_FORK, type IntakeWorld, makeIntakeWorld, UNREACHABLE } from "#test/support/intake-world.ts";

/** What a process follows in a second (open-tracing.ts). */
const FOLLOWED = 200;

describe("the trace of a command", () => {
  let open: OpenTracing;
  let world: IntakeWorld;

  beforeEach(async () => {
    world = await makeIntakeWorld(OUTBOX_LIMITS, (clock) => {
      const options = { service: "gateway", otlpUrl: "http://127.0.0.1:1", ratio: 0, metrics: NO_METRICS };
      open = openTracing({ ...options, clock });
      return open.tracing;
    });
  });
  afterEach(async () => {
    await world.stop();
    await open.close();
  });

  const submit = () => {
    const { tracing } = open;
    return tracing.within(tracing.root("gateway.request", undefined), () => world.submit(world.order()));
  };
  const placed = async () => (await world.commands()).filter(({ kind }) => kind === "PlaceOrder").length;

  it("stands in its record as long as there is room for more in the second", async () => {
    for (let order = 0; order < FOLLOWED + 10; order++) await submit();
    expect(await placed()).to.equal(FOLLOWED + 10);
    expect(await world.traced()).to.equal(FOLLOWED);
  });

  it("stands in each record that a fork takes, of what it meets and of what waited for it", async () => {
    for (let order = 0; order < FOLLOWED; order++) await submit();
    world.setRoute(UNREACHABLE);
    await submit();
    await world.openFork();
    world.setRoute(IN_FORK);
    await eventually(async () => (await placed()) === FOLLOWED + 1);
    await submit();
    expect(await placed()).to.equal(FOLLOWED + 2);
    expect(await world.traced()).to.equal(FOLLOWED + 2);
  });
});
