import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { formatTraceparent } from "#shared/domain/trace-context.ts";
import type { BusHandler, Delivery } from "#shared/ports/event-bus.ts";
import { type EventPlace, eventName } from "#shared/protocol/bus/event-name.ts";
import { NO_METRICS } from "#shared/telemetry/metrics.ts";
import { type OpenTracing, openTracing } from "#shared/telemetry/open-tracing.ts";
import { tracedHandler } from "#shared/telemetry/traced-handler.ts";
import { type ManualClock, manualClock } from "#test/support/manual-clock.ts";
import { type OtlpReceiver, startOtlpReceiver } from "#test/support/otlp-receiver.ts";
import { traceContext } from "#test/support/trace-context.ts";

const [ONE, OTHER] = [
  traceContext("0af7651916cd43dd8448eb2100000001"),
  traceContext("0af7651916cd43dd8448eb2100000002"),
];

describe("what a consumer of the bus tells in the traces of its messages", () => {
  let receiver: OtlpReceiver;
  let clock: ManualClock;
  let open: OpenTracing;

  beforeEach(async () => {
    receiver = await startOtlpReceiver();
    clock = manualClock();
    const { url: otlpUrl } = receiver;
    open = openTracing({ service: "ledger", otlpUrl, ratio: 1, clock, metrics: NO_METRICS });
  });
  afterEach(() => receiver.close());

  const message = (seq: number, index: number, trace?: typeof ONE): Delivery => {
    const place = { shard: "crypto-1", branch: "us-east-1.1", seq, index } as EventPlace;
    const delivery = {
      message: {
        ...{ ...place, name: eventName(place), topic: "matched", group: "BTCUSDT", time: 1, commandId: "" },
        ...{ isFinal: true, event: { kind: "Trade" } },
        ...(trace === undefined ? {} : { traceparent: formatTraceparent(trace) }),
      },
      receives: 1,
    };
    return delivery as unknown as Delivery;
  };
  /** Of each span: its trace, the seq, and whether it failed. */
  const toldOf = async (handle: BusHandler, deliveries: readonly Delivery[]) => {
    await tracedHandler("ledger.post", handle, open.tracing, clock)(deliveries).catch(() => undefined);
    await open.close();
    return receiver.spans.map(({ traceId, attributes, isError }) => [
      traceId,
      attributes["meridian.seq"],
      isError,
    ]);
  };
  const two = [
    ...[message(7, 0, ONE), message(7, 1, ONE), message(7, 2, ONE)],
    ...[message(8, 0), message(9, 0, OTHER), message(9, 1, OTHER)],
  ];

  it("is one span for all messages of an outcome, and none where there is no trace", async () => {
    expect(await toldOf(async () => ({ failed: [] }), two)).to.deep.equal([
      [ONE.traceId, 7, false],
      [OTHER.traceId, 9, false],
    ]);
  });

  it("is one of each message that failed, beside that", async () => {
    const failed = [two[1], two[5]].flatMap((one) => (one === undefined ? [] : [one.message.name]));
    expect(await toldOf(async () => ({ failed }), two)).to.deep.equal([
      [ONE.traceId, 7, false],
      [ONE.traceId, 7, true],
      [OTHER.traceId, 9, false],
      [OTHER.traceId, 9, true],
    ]);
  });

  it("is that all failed, where the consumer did", async () => {
    const fail: BusHandler = () => Promise.reject(new Error("the database is gone"));
    const told = await toldOf(fail, two);
    expect(told).to.have.length(5);
    expect(told.every(([, , hasFailed]) => hasFailed === true)).to.equal(true);
  });
});
