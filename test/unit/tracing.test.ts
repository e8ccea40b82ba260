import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { incomingTrace } from "#services/gateway/telemetry/incoming-trace.ts";
import { TraceContext, traceKey } from "#shared/domain/trace-context.ts";
import type { FinishedSpan } from "#shared/telemetry/finished-span.ts";
import { HeldSpans } from "#shared/telemetry/held-spans.ts";
import { NO_METRICS } from "#shared/telemetry/metrics.ts";
import { type OpenTracing, openTracing } from "#shared/telemetry/open-tracing.ts";
import { type KeepReason, NO_TRACING } from "#shared/telemetry/tracing.ts";
import { type ManualClock, manualClock } from "#test/support/manual-clock.ts";
import { type OtlpReceiver, startOtlpReceiver } from "#test/support/otlp-receiver.ts";
import { recordedMetrics } from "#test/support/recorded-metrics.ts";
import { traceContext } from "#test/support/trace-context.ts";

const TRACE_ID = "0af7651916cd43dd8448eb21ffffffff";
const SPAN_ID = "b7ad6b7169203331";
const CLIENT = traceContext(TRACE_ID, SPAN_ID);

describe("what of a trace is exported", () => {
  let receiver: OtlpReceiver;
  let clock: ManualClock;
  let open: OpenTracing;
  const openWith = (ratio: number) =>
    openTracing({
      service: "gateway",
      region: "us-east-1",
      otlpUrl: receiver.url,
      ratio,
      clock,
      metrics: NO_METRICS,
    });
  /** A request with an append under it. */
  const request = (tracing = open.tracing, { ms = 10, keep }: { ms?: number; keep?: KeepReason } = {}) => {
    const root = tracing.root("gateway.request", CLIENT);
    const append = tracing.begin("log.append", root.context);
    clock.advance(ms / 2);
    append.end();
    clock.advance(ms / 2);
    root.end({ keep });
    return root;
  };

  beforeEach(async () => {
    receiver = await startOtlpReceiver();
    clock = manualClock();
    open = openWith(0);
  });
  afterEach(() => receiver.close());

  it("is nothing of what is quick and well, where the ratio is 0, whatever the client's flag wants", async () => {
    request();
    await open.close();
    expect(receiver.spans).to.deep.equal([]);
  });

  it("is everything where the ratio is 1, each span under its parent, and the first under the client's", async () => {
    const all = openWith(1);
    const root = request(all.tracing);
    await all.close();
    await open.close();
    const [append, first] = receiver.spans;
    expect(receiver.spans.map(({ name }) => name)).to.deep.equal(["log.append", "gateway.request"]);
    expect(append?.parentSpanId).to.equal(root.context?.spanId);
    expect(first?.parentSpanId).to.equal(CLIENT.spanId);
    expect(first?.traceId).to.equal(CLIENT.traceId);
    expect(first?.process).to.include({ "service.name": "meridian-gateway", "cloud.region": "us-east-1" });
  });

  it("is the same choice in every process, by the trace's id", async () => {
    const half = openWith(0.5);
    expect(half.tracing.root("gateway.request", CLIENT).context?.isSampled).to.equal(false);
    const low = traceContext(`${TRACE_ID.slice(0, 24)}00000001`);
    expect(half.tracing.root("gateway.request", low).context?.isSampled).to.equal(true);
    await half.close();
    await open.close();
  });

  it("is all that was held of a slow one, a failed one and a refused one", async () => {
    request(open.tracing, { ms: 251 });
    await open.close();
    expect(receiver.spans.map(({ name }) => name)).to.deep.equal(["log.append", "gateway.request"]);
    expect(receiver.spans[1]?.attributes).to.include({ "meridian.kept": "slow" });
    for (const keep of ["error", "refused", "provisional"] as const) {
      const again = openWith(0);
      request(again.tracing, { keep });
      await again.close();
      const root = receiver.spans.at(-1);
      expect(root?.attributes).to.include({ "meridian.kept": keep });
      expect(root?.isError).to.equal(keep === "error");
    }
    expect(receiver.spans).to.have.length(8);
  });

  it("is told to other processes, which then export what they hold, and what still comes", async () => {
    const told: string[] = [];
    open.onKept((ids) => told.push(...ids));
    const other = openWith(0);
    const parent = traceContext(TRACE_ID, SPAN_ID, false);
    other.tracing.record("matching.fold", parent, clock.monotonic());
    request(open.tracing, { keep: "refused" });
    clock.advance(1000);
    expect(told).to.deep.equal([CLIENT.traceId]);
    other.keptElsewhere(told);
    other.tracing.record("gateway.fanout", parent, clock.monotonic());
    await other.close();
    await open.close();
    expect(receiver.stagesOf(CLIENT.traceId)).to.deep.equal([
      "gateway.fanout",
      "gateway.request",
      "log.append",
      "matching.fold",
    ]);
  });

  it("makes ids that begin with the time, as X-Ray wants them", async () => {
    const root = open.tracing.root("gateway.request", undefined);
    expect(root.context?.traceId).to.match(/^[0-9a-f]{32}$/);
    const seconds = Number.parseInt(root.context?.traceId.slice(0, 8) ?? "", 16);
    expect(seconds).to.equal(Math.floor(clock.now() / 1000));
    expect(open.tracing.root("gateway.request", undefined).context?.traceId).not.to.equal(
      root.context?.traceId,
    );
    await open.close();
  });

  it("goes on behind so many requests a second, and behind each whose trace is exported anyway; how many end there is counted", async () => {
    const metrics = recordedMetrics();
    const counted = openTracing({
      ...{ service: "gateway", otlpUrl: receiver.url, ratio: 0, clock, metrics },
    });
    const { tracing } = counted;
    const follows = (requests: number, sampled = false) =>
      Array.from({ length: requests }, () =>
        tracing.follows(traceContext(TRACE_ID, SPAN_ID, sampled)),
      ).filter((is) => is).length;
    expect(follows(250)).to.equal(200);
    clock.advance(100);
    expect(follows(50), "a tenth of a second later").to.equal(20);
    expect(follows(50, true)).to.equal(50);
    clock.advance(10_000);
    expect(follows(250), "a quiet time is not saved up").to.equal(200);
    expect(tracing.follows(undefined)).to.equal(false);
    expect(metrics.sum("meridian_traces_not_followed_total")).to.equal(50 + 30 + 50);
    await counted.close();
    await open.close();
  });

  it("knows a command's trace, and what work goes on for", async () => {
    const { tracing } = open;
    const root = tracing.root("gateway.request", CLIENT);
    await tracing.within(root, async () => {
      await Promise.resolve();
      expect(tracing.current()).to.deep.equal(root.context);
    });
    expect(tracing.current()).to.equal(undefined);
    expect(tracing.begin("log.append", undefined).context).to.equal(undefined);
    expect(NO_TRACING.root("gateway.request", CLIENT).context).to.equal(undefined);
    await open.close();
  });
});

describe("what waits for a rule", () => {
  const exported: FinishedSpan[] = [];
  const dropped: [string, number][] = [];
  const held = (bounds: { spansMax?: number; spansOfTraceMax?: number; keptPerSecondMax?: number } = {}) =>
    new HeldSpans({
      spansMax: 4,
      holdMs: 10_000,
      keptMs: 20_000,
      spansOfTraceMax: 2,
      keptPerSecondMax: 2,
      ...bounds,
      export: (span) => exported.push(span),
      onDropped: (reason, spans) => dropped.push([reason, spans]),
    });
  const traceOf = (letter: string) => traceContext(letter.repeat(32), SPAN_ID, false);
  const span = (letter: string, endMs = 1, change: Partial<FinishedSpan> = {}): FinishedSpan => ({
    stage: "matching.fold",
    own: undefined,
    parent: traceOf(letter),
    beginMs: 0,
    endMs,
    attributes: {},
    keep: undefined,
    ...change,
  });
  const tracesOf = (spans: readonly FinishedSpan[]) =>
    spans.map(({ own, parent }) => (own ?? parent)?.traceId[0]);

  beforeEach(() => {
    exported.length = 0;
    dropped.length = 0;
  });

  it("is as it was told when it is wanted, and gone then", () => {
    const spans = held();
    const told = span("a", 12.5, {
      own: traceContext("a".repeat(32), "00000000ffffffff", false),
      beginMs: 1_764_561_600_000.25,
      endMs: 1_764_561_600_012.5,
      attributes: { "meridian.shard": "crypto-1", "meridian.seq": 2 ** 40 },
      keep: "refused",
    });
    const bare = span("a", 2, { stage: "gateway.fanout", own: traceOf("a"), parent: undefined });
    for (const each of [span("b"), told, bare]) spans.add(each);
    expect([spans.knows(traceOf("a")), spans.knows(traceOf("c"))]).to.deep.equal([true, false]);
    expect(spans.keep(traceOf("a"), 0)).to.equal(true);
    expect(exported.splice(0)).to.deep.equal([told, bare]);
    spans.sweep(20_000);
    expect(spans.knows(traceOf("a")), "what was exported is not held").to.equal(false);
    expect(spans.keep(traceOf("a"), 20_000)).to.equal(true);
    expect(exported).to.deep.equal([]);
  });

  it("goes out as it comes while its trace is kept, and no longer", () => {
    const spans = held();
    spans.keep(traceOf("a"), 0);
    spans.sweep(19_999);
    spans.add(span("a"));
    expect(exported).to.have.length(1);
    spans.sweep(20_000);
    spans.add(span("a"));
    expect(exported).to.have.length(1);
  });

  it("is told apart by all of its trace's id, also from one that is found by the same key", () => {
    const spans = held();
    const id = { t0: 7, t1: 0, t2: 2, t3: 3 };
    const one = new TraceContext(id, 1, 1, false);
    const other = new TraceContext({ ...id, t0: 7 ^ Math.imul(1, 0x9e3779b1), t1: 1 }, 1, 1, false);
    expect(traceKey(one)).to.equal(traceKey(other));
    for (const parent of [one, other]) spans.add(span("a", 1, { parent }));
    spans.keep(one, 0);
    spans.add(span("a", 1, { parent: other }));
    expect(exported).to.deep.equal([span("a", 1, { parent: one })]);
  });

  it("is bounded in spans, in those of one trace, and in how many are kept in a second; what is lost is told", () => {
    const spans = held();
    for (const letter of ["a", "b", "b", "b"]) spans.add(span(letter));
    expect(dropped).to.deep.equal([]);
    spans.add(span("c", 10_000));
    expect(dropped.splice(0), "written over too soon").to.deep.equal([["full", 1]]);
    spans.add(span("c", 10_001));
    expect(dropped, "nobody wanted it for ten seconds").to.deep.equal([]);
    expect(["a", "b", "c"].map((letter) => spans.keep(traceOf(letter), 500))).to.deep.equal([
      true,
      true,
      false,
    ]);
    expect(spans.keep(traceOf("c"), 600)).to.equal(false);
    expect(dropped.splice(0), "each lost once").to.deep.equal([
      ["budget", 2],
      ["budget", 0],
    ]);
    expect(tracesOf(exported)).to.deep.equal(["b", "b"]);
    expect(spans.keep(traceOf("e"), 1500)).to.equal(true);
    const few = held({ spansOfTraceMax: 2 });
    for (const endMs of [1, 2, 3]) few.add(span("d", endMs));
    few.keep(traceOf("d"), 0);
    expect(exported.slice(2).map(({ endMs }) => endMs)).to.deep.equal([2, 3]);
    expect(dropped).to.deep.equal([["full", 1]]);
  });
});

describe("where a request belongs", () => {
  const xray = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
  it("is told by W3C's header, else by X-Ray's, else by none", () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const both = { traceparent, "x-amzn-trace-id": xray };
    expect(incomingTrace(both)?.traceId).to.equal("0af7651916cd43dd8448eb211c80319c");
    expect(incomingTrace({ "x-amzn-trace-id": xray })).to.deep.equal(
      traceContext("5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8"),
    );
    expect(incomingTrace({ traceparent: "nonsense" })).to.equal(undefined);
    // What a load balancer makes by itself names no span: there is nothing to hang on.
    expect(incomingTrace({ "x-amzn-trace-id": "Root=1-5759e988-bd862e3fe1be46a994272793" })).to.equal(
      undefined,
    );
  });
});
