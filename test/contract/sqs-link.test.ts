import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { startFaultProxy } from "#local/aws-local/fault-proxy.ts";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startQueues } from "#local/aws-local/start-queues.ts";
import { textsOf } from "#shared/adapters/aws/link/link-messages.ts";
import type { SqsRegionLink } from "#shared/adapters/aws/link/sqs-region-link.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { encodeValue } from "#shared/protocol/wire-value.ts";
import { regionLinkContract } from "./region-link-contract.ts";
import { createLinkQueues, linkPlace, openSqsLink } from "./sqs-links.ts";

const clock = systemClock();
const [A, B] = ["us-east-1", "eu-west-1"] as [RegionId, RegionId];
const FENCE = { shard: "shard-1" as ShardId, epoch: 1 };
const LONG_MS = 10_000;

describe("a Region's link over SQS", () => {
  let server: RunningServer;
  let count = 0;
  const links: SqsRegionLink[] = [];

  before(async () => {
    server = await startQueues({ clock });
  });
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.close()));
  });
  after(() => server.stop());

  /** Regions with a queue each that no other test knows. */
  const open = async (regions: readonly RegionId[], url = server.url) => {
    const name = `link-${++count}`;
    await createLinkQueues(server.url, regions, name);
    const opened = regions.map((region) => openSqsLink(url, region, regions, name));
    links.push(...opened);
    return { name, opened };
  };
  const pair = async (url?: string) => {
    const { name, opened } = await open([A, B], url);
    const [a, b] = opened as [SqsRegionLink, SqsRegionLink];
    return { name, a, b };
  };

  regionLinkContract({
    world: "SQS",
    open: async (regions) => {
      const { opened } = await open(regions);
      const link = (region: RegionId) => {
        const found = opened.find(({ self }) => self === region);
        if (found === undefined) throw new Error(`no such Region: ${region}`);
        return found;
      };
      return {
        link,
        stop: (region) => link(region).close(),
        run: (promise) => promise,
        close: async () => {
          await Promise.all(opened.map((each) => each.close()));
        },
      };
    },
  });

  it("lets what is asked within a moment share a message", async () => {
    const proxy = await startFaultProxy({ target: server.url, clock });
    try {
      const { a, b } = await pair(proxy.url);
      b.serve("replica.fence", async () => ({ held: [] }));
      await a.request(B, "replica.fence", FENCE, LONG_MS);
      const before = proxy.requests("SendMessage");
      const asked = Array.from({ length: 100 }, () => a.request(B, "replica.fence", FENCE, LONG_MS));
      const answers = await Promise.all(asked);
      expect(answers.every(({ ok }) => ok)).to.equal(true);
      expect(proxy.requests("SendMessage") - before).to.be.below(20);
    } finally {
      await proxy.close();
    }
  });

  it("goes on behind messages that are none of its own, or parts of a letter whose others never come", async () => {
    const { name, a, b } = await pair();
    b.serve("replica.fence", async () => ({ held: [] }));
    const sqs = new SQSClient({ ...linkPlace(server.url, B), useQueueUrlAsEndpoint: false });
    const QueueUrl = await urlOf(sqs, name);
    const halfALetter = textsOf([new Uint8Array(500_000)], A, 7)[1] ?? "";
    const odd = [
      "hello",
      Buffer.from(encodeValue("hello")).toString("base64"),
      halfALetter,
      textsOf([Uint8Array.of(99), encodeValue({ t: "ask", id: "one", from: A })], A, 8)[0] ?? "",
    ];
    for (const MessageBody of odd) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    sqs.destroy();
    expect(await a.request(B, "replica.fence", FENCE, LONG_MS)).to.deep.equal({
      ok: true,
      answer: { held: [] },
    });
  });

  it("hears nobody who asks in another Region's name", async () => {
    const { name, opened } = await open([A, B, "ap-northeast-1" as RegionId]);
    const [a, b, c] = opened as [SqsRegionLink, SqsRegionLink, SqsRegionLink];
    const heard: RegionId[] = [];
    for (const link of [b, c])
      link.serve("replica.fence", async (from) => {
        heard.push(from);
        return { held: [] };
      });
    const sqs = new SQSClient({ ...linkPlace(server.url, B), useQueueUrlAsEndpoint: false });
    const forged = { t: "ask", id: 1, from: c.self, kind: "replica.fence", body: FENCE };
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: await urlOf(sqs, name),
        MessageBody: textsOf([encodeValue(forged)], A, 9)[0],
      }),
    );
    sqs.destroy();
    expect((await a.request(B, "replica.fence", FENCE, LONG_MS)).ok).to.equal(true);
    expect(heard).to.deep.equal([A]);
  });

  it("finds a Region that was gone and came back, whose new task hears nothing of what the one before had asked", async () => {
    const { name, a, b } = await pair();
    const late = Promise.withResolvers<{ held: [] }>();
    const isAsked = Promise.withResolvers<void>();
    b.serve("replica.fence", () => {
      isAsked.resolve();
      return late.promise;
    });
    const before = a.request(B, "replica.fence", FENCE, LONG_MS);
    await isAsked.promise;
    await a.close();
    expect((await before).ok).to.equal(false);
    const again = openSqsLink(server.url, A, [A, B], name);
    links.push(again);
    late.resolve({ held: [] });
    b.serve("ownership.promote", async () => ({ ok: true }));
    // A server may give a message or two to a receive that nobody waits for any more: whoever lacks an answer asks again.
    let answer = await again.request(B, "ownership.promote", FENCE, 1000);
    for (let tries = 0; !answer.ok && tries < 8; tries++)
      answer = await again.request(B, "ownership.promote", FENCE, 1000);
    expect(answer).to.deep.equal({ ok: true, answer: { ok: true } });
  });

  it("loses what cannot be sent, and holds no more than its bound of it", async () => {
    const proxy = await startFaultProxy({ target: server.url, clock });
    try {
      const { a, b } = await pair(proxy.url);
      b.serve("replica.fence", async () => ({ held: [] }));
      expect((await a.request(B, "replica.fence", FENCE, LONG_MS)).ok).to.equal(true);
      proxy.setUnreachable(true);
      const commands = [new Uint8Array(8_000_000)];
      const asked = Array.from({ length: 8 }, () =>
        a.request(B, "log.append", { shard: FENCE.shard, commands }, 500),
      );
      expect((await Promise.all(asked)).every(({ ok }) => !ok)).to.equal(true);
      proxy.setUnreachable(false);
      let answer = await a.request(B, "replica.fence", FENCE, LONG_MS);
      if (!answer.ok) answer = await a.request(B, "replica.fence", FENCE, LONG_MS);
      expect(answer.ok).to.equal(true);
    } finally {
      await proxy.close();
    }
  });
});

async function urlOf(sqs: SQSClient, name: string): Promise<string> {
  return (await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl ?? "";
}
