import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { CLICK_LIMITS } from "#shared/protocol/clicks.ts";
import { NO_METRICS } from "#shared/telemetry/metrics.ts";
import { type OpenTracing, openTracing } from "#shared/telemetry/open-tracing.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { oneShard } from "#test/support/one-shard.ts";
import { type OtlpReceiver, startOtlpReceiver } from "#test/support/otlp-receiver.ts";

const PAGE_SPAN = "b7ad6b7169203331";
let traces = 0;
const newTrace = () => {
  const traceId = `0af7651916cd43dd${String(++traces).padStart(16, "0")}`;
  return { traceId, traceparent: `00-${traceId}-${PAGE_SPAN}-00` };
};

describe("what pages tell of clicks", () => {
  const folders = temporaryFolders();
  let receiver: OtlpReceiver;
  let tracing: OpenTracing;
  let region: RunningRegion;
  let untraced: RunningRegion;

  before(async () => {
    receiver = await startOtlpReceiver();
    // Nothing is exported but what a rule wants.
    const options = { service: "gateway", otlpUrl: receiver.url, ratio: 0 };
    tracing = openTracing({ ...options, clock: systemClock(), metrics: NO_METRICS });
    const start = (more: { readonly traces?: OpenTracing }) =>
      startEmbeddedRegion({ port: 0, dataFolder: folders.make(), definitions: oneShard(), ...more });
    [region, untraced] = await Promise.all([start({ traces: tracing }), start({})]);
  });
  after(async () => {
    await region?.stop();
    await untraced?.stop();
    await tracing?.close();
    await receiver?.close();
    folders.removeAll();
  });

  const tell = async (clicks: readonly object[], { url, origin }: { url?: string; origin?: string } = {}) => {
    const response = await fetch(`${url ?? region.url}/meridian/v1/clicks`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(origin === undefined ? {} : { Origin: origin }) },
      body: JSON.stringify({ clicks }),
    });
    return { status: response.status, body: await response.json().catch(() => ({})) };
  };
  /** A click of a trace of which the gateway has seen the request. */
  const traced = async () => {
    const { traceId, traceparent } = newTrace();
    const { headers } = await fetch(`${region.url}/api/v3/time`, { headers: { traceparent } });
    expect(headers.get("Traceresponse")).to.include(traceId);
    return { traceId, click: { traceparent, tookMs: 12, endedMsAgo: 3, result: "answered" } };
  };

  it("is the first span of their traces, and keeps those that the trader waited for too long, or in vain", async () => {
    const [slow, refused, unanswered, quick] = [
      await traced(),
      await traced(),
      await traced(),
      await traced(),
    ];
    const answer = await tell([
      { ...slow.click, tookMs: 700 },
      { ...refused.click, result: "refused" },
      { ...unanswered.click, result: "unanswered" },
      quick.click,
    ]);
    expect(answer).to.deep.equal({ status: 200, body: { ok: true } });
    const kept = async (traceId: string) => {
      await eventually(() => receiver.stagesOf(traceId).length === 2);
      const spans = receiver.spans.filter((span) => span.traceId === traceId);
      const click = spans.find(({ name }) => name === "page.click");
      expect(click?.spanId).to.equal(PAGE_SPAN);
      expect(spans.find(({ name }) => name === "gateway.request")?.parentSpanId).to.equal(PAGE_SPAN);
      return click?.attributes["meridian.kept"];
    };
    expect(await kept(slow.traceId)).to.equal("slow");
    expect(await kept(refused.traceId)).to.equal("refused");
    expect(await kept(unanswered.traceId)).to.equal("error");
    expect(receiver.stagesOf(quick.traceId)).to.deep.equal([]);
  });

  it("makes no trace of what this gateway knows nothing of", async () => {
    const { traceId, traceparent } = newTrace();
    const known = await traced();
    const click = { ...known.click, tookMs: 900 };
    expect((await tell([{ ...click, traceparent }, click])).status).to.equal(200);
    await eventually(() => receiver.stagesOf(known.traceId).includes("page.click"));
    expect(receiver.stagesOf(traceId)).to.deep.equal([]);
  });

  it("is refused beyond its bounds, in another form, and from other sites", async () => {
    const { click } = await traced();
    const { clicksMax, tookMsMax, endedMsAgoMax } = CLICK_LIMITS;
    for (const clicks of [
      [],
      Array.from({ length: clicksMax + 1 }, () => click),
      [{ ...click, traceparent: `${click.traceparent}-more` }],
      [{ ...click, traceparent: "nonsense" }],
      [{ ...click, tookMs: tookMsMax + 1 }],
      [{ ...click, tookMs: 0.5 }],
      [{ ...click, endedMsAgo: endedMsAgoMax + 1 }],
      [{ ...click, endedMsAgo: -1 }],
      [{ ...click, result: "lost" }],
    ])
      expect((await tell(clicks)).body).to.include({ code: -9020, field: "clicks" });
    expect((await tell([{ ...click, user: "ada" }])).body).to.include({ code: -9020, field: "user" });
    expect((await tell([click], { origin: "https://elsewhere.example" })).body).to.include({ code: -9002 });
  });

  it("is not asked for where nothing is traced", async () => {
    const { traceparent } = newTrace();
    const { headers } = await fetch(`${untraced.url}/api/v3/time`, { headers: { traceparent } });
    expect(headers.get("Traceresponse")).to.equal(null);
    const click = { traceparent, tookMs: 1, endedMsAgo: 1, result: "answered" };
    expect((await tell([click], { url: untraced.url })).status).to.equal(404);
  });
});
