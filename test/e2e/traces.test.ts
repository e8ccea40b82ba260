import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type ControlClient, findPlatform } from "#local/supervisor/control-client.ts";
import { assert } from "#shared/domain/invariant.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "#test/support/otlp-receiver.ts";
import { type PlatformProcess, tryPlatformProcess } from "#test/support/platform-process.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { connectSocket } from "./feed-recorder.ts";

const OWNER = "us-east-1";
const ASKED = "eu-west-1";
const REGIONS = [OWNER, ASKED, "ap-northeast-1"];
const ORDER = { symbol: "BTCUSDT", type: "LIMIT", timeInForce: "GTC", quantity: "0.01", price: "60000" };
const CLIENT_SPAN = "b7ad6b7169203331";
/** Of the ratio 0.5, by their ends. */
const SAMPLED = "00000001";
const NOT_SAMPLED = "ffffffff";

describe("one trace of an order across the processes of three Regions", function () {
  this.timeout(240_000);
  const folders = temporaryFolders();
  const folder = folders.make();
  let receiver: OtlpReceiver;
  let platform: PlatformProcess;
  let control: ControlClient;
  let buyer: TestTrader;
  let seller: TestTrader;
  let traces = 0;

  const traceOf = (end: string) => {
    const traceId = `0af7651916cd43dd${String(++traces).padStart(8, "0")}${end}`;
    return { traceId, traceparent: `00-${traceId}-${CLIENT_SPAN}-01` };
  };
  const spansOf = (traceId: string, name: string) =>
    receiver.spans.filter((span) => span.traceId === traceId && span.name === name);
  const regionsOf = (spans: readonly ReceivedSpan[]) =>
    [...new Set(spans.map(({ process }) => process["cloud.region"]))].sort();
  const buy = (headers: Record<string, string>, change: Partial<typeof ORDER> = {}) =>
    buyer.post("/api/v3/order", { ...ORDER, ...change, side: "BUY" }, headers);
  const offer = () => seller.post("/api/v3/order", { ...ORDER, side: "SELL" });

  before(async () => {
    receiver = await startOtlpReceiver();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER_ARG: "0.5" };
    const args = ["--port", "0", "--no-bots", "--data", folder];
    const started = await tryPlatformProcess(args, { env });
    assert("url" in started, `the platform starts: ${JSON.stringify(started)}`);
    platform = started;
    const found = findPlatform(folder);
    assert(found !== undefined, "the platform tells of itself");
    control = found;
    const asked = (await control.status()).regions.find(({ region }) => region === ASKED);
    const url = `http://127.0.0.1:${asked?.gatewayPort}`;
    buyer = await signUpTrader(url, "buyer");
    seller = await signUpTrader(url, "seller");
    // Whoever asks for the books has them opened; by itself a Region takes its time.
    await buyer.get("/meridian/v1/ledger/statement");
  });
  after(async () => {
    await platform.kill("SIGINT");
    await receiver.close();
    folders.removeAll();
  });

  const EVERY_STAGE = [
    "bus.publish",
    "gateway.fanout",
    "ledger.post",
    "log.append",
    "matching.fold",
    "notifier.note",
    "projector.write",
  ];
  /** Its stages are there, each where it belongs, and under the client's span. */
  const expectWhole = async (traceId: string, first: "gateway.request" | "gateway.message") => {
    await eventually(() => {
      const stages = receiver.stagesOf(traceId);
      const isEverywhere = ["matching.fold", "gateway.fanout", "bus.publish"].every(
        (name) => regionsOf(spansOf(traceId, name)).length === REGIONS.length,
      );
      return isEverywhere && stages.length === EVERY_STAGE.length + 1;
    });
    expect(receiver.stagesOf(traceId)).to.have.members([...EVERY_STAGE, first]);
    const [root] = spansOf(traceId, first);
    const [append] = spansOf(traceId, "log.append");
    expect(root?.parentSpanId).to.equal(CLIENT_SPAN);
    expect(append?.parentSpanId).to.equal(root?.spanId);
    expect(append?.attributes).to.include({ "meridian.route": "remote" });
    expect(regionsOf([...spansOf(traceId, first), ...spansOf(traceId, "log.append")])).to.deep.equal([ASKED]);
    for (const name of EVERY_STAGE.filter((stage) => stage !== "log.append"))
      for (const span of spansOf(traceId, name)) expect(span.parentSpanId, name).to.equal(append?.spanId);
    const folds = spansOf(traceId, "matching.fold");
    expect(folds.every(({ process }) => process["service.name"] === "meridian-matching")).to.equal(true);
    expect(new Set(folds.map(({ attributes }) => attributes["meridian.seq"])).size).to.equal(1);
  };

  it("has every stage of one that came over REST", async () => {
    await offer();
    const { traceId, traceparent } = traceOf(SAMPLED);
    expect((await buy({ traceparent })).body.status).to.equal("FILLED");
    await expectWhole(traceId, "gateway.request");
  });

  it("has every stage of one that came over Socket.IO", async () => {
    await offer();
    const { traceId, traceparent } = traceOf(SAMPLED);
    const socket = connectSocket(buyer.url, { auth: { token: buyer.token } });
    await eventually(() => socket.connected);
    const answer = await socket.emitWithAck("order.place", { ...ORDER, side: "BUY", traceparent });
    socket.disconnect();
    expect(answer).to.include({ status: "FILLED" });
    await expectWhole(traceId, "gateway.message");
  });

  it("is kept in every Region where the exchange refused the order, and not where it was quick and well", async () => {
    const well = traceOf(NOT_SAMPLED);
    const refused = traceOf(NOT_SAMPLED);
    await buy({ traceparent: well.traceparent }, { price: "50000" });
    const { status } = await buy({ traceparent: refused.traceparent }, { quantity: "10" });
    expect(status).to.equal(400);
    await eventually(() => regionsOf(spansOf(refused.traceId, "matching.fold")).length === REGIONS.length);
    await eventually(() => spansOf(refused.traceId, "gateway.request").length === 1);
    expect(spansOf(refused.traceId, "matching.fold")[0]?.attributes).to.include({
      "meridian.reason": "insufficient-balance",
      "meridian.kept": "refused",
    });
    // Unless this machine made it wait.
    const kept = spansOf(well.traceId, "gateway.request").map((span) => span.attributes["meridian.kept"]);
    expect(kept.filter((reason) => reason !== "slow")).to.deep.equal([]);
  });

  it("is kept in the owner's Region too where the way there was slow, which only the asked one can see", async () => {
    const { traceId, traceparent } = traceOf(NOT_SAMPLED);
    await control.changeLink({ from: ASKED, to: OWNER }, { delayMs: 400 });
    await buy({ traceparent }, { price: "50000" });
    await control.resetLinks();
    await eventually(() => regionsOf(spansOf(traceId, "matching.fold")).includes(OWNER));
    expect(spansOf(traceId, "gateway.request")[0]?.attributes).to.include({ "meridian.kept": "slow" });
  });
});
