import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { type Fault, type FaultRule, INTERNAL_FAILURE, type PartialSplit } from "#local/aws-local/fault.ts";
import { type FaultProxy, startFaultProxy } from "#local/aws-local/fault-proxy.ts";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startQueues } from "#local/aws-local/start-queues.ts";
import { createAwsEventBus } from "#shared/adapters/aws/event-bus/aws-event-bus.ts";
import { busTopology } from "#shared/adapters/aws/event-bus/bus-topology.ts";
import { createBus } from "#shared/adapters/aws/event-bus/create-bus.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { EventBus } from "#shared/ports/event-bus.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { tradeMessage } from "./support/sample-messages.ts";

const MARKETS = ["BTCUSDT", "ETHUSDT", "EURUSDT"];
const EVENTS = 90;
/** Published together, as a batch of outcomes is. */
const TOGETHER = 6;
const CONSUMER = "notifier";
const QUICK = { visibilitySeconds: 1, receivesMax: 20 };
/** More than a receive waits for messages, which is a second here. */
const TIMEOUTS_MS = { sns: 300, sqs: 1500 };
const THROTTLED = { status: 400, code: "ThrottlingException" };

const FAULTS: Record<string, Fault> = {
  throttled: { kind: "error", answer: THROTTLED },
  "answered 5xx before its effect": { kind: "error", answer: INTERNAL_FAILURE },
  "answered 5xx after its effect": { kind: "error", answer: INTERNAL_FAILURE, afterEffect: true },
  "not answered after its effect": { kind: "silence", afterEffect: true },
  "not answered before its effect": { kind: "silence", afterEffect: false },
  "cut off after its effect": { kind: "cut", afterEffect: true },
  "cut off before its effect": { kind: "cut", afterEffect: false },
  doubled: { kind: "duplicate" },
};
const LATE: Fault = { kind: "late", behind: 2 };

/** Of a batch to SNS the first goes on; of the others the answer says that they failed. */
const firstPublished: PartialSplit = (body) => {
  const all = new URLSearchParams(body.toString());
  const first = [...all].filter(([name]) => !/^PublishBatchRequestEntries\.member\.(?!1\.)/.test(name));
  const others = [...all].filter(([name]) =>
    /^PublishBatchRequestEntries\.member\.(?!1\.)\d+\.Id$/.test(name),
  );
  const failed = others.map(
    ([, id]) => `<member><Id>${id}</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>`,
  );
  return {
    forwarded: Buffer.from(new URLSearchParams(first).toString()),
    answer: (given) =>
      Buffer.from(
        given
          .toString()
          .replace(/<Failed\s*\/>|<Failed><\/Failed>/, "")
          .replace("</PublishBatchResult>", `<Failed>${failed.join("")}</Failed></PublishBatchResult>`),
      ),
  };
};

/** Of the messages that SQS is to delete the first goes on; of the others the answer says that they failed. */
const firstDeleted: PartialSplit = (body) => {
  const request = JSON.parse(body.toString()) as { Entries: { Id: string }[] };
  const [first, ...others] = request.Entries;
  return {
    forwarded: Buffer.from(JSON.stringify({ ...request, Entries: [first] })),
    answer: (given) =>
      Buffer.from(
        JSON.stringify({
          ...(JSON.parse(given.toString()) as object),
          Failed: others.map(({ Id }) => ({ Id, Code: "InternalError", SenderFault: false })),
        }),
      ),
  };
};

describe("the event bus on SNS and SQS that fail", function () {
  this.timeout(60_000);
  const clock = systemClock();
  let server: RunningServer;
  let proxy: FaultProxy;
  let clients: ReturnType<typeof queueClients>;
  let sound: ReturnType<typeof queueClients>;
  const opened: EventBus[] = [];
  let count = 0;

  before(async () => {
    server = await startQueues({ clock });
    proxy = await startFaultProxy({ target: server.url, clock });
    clients = queueClients({ region: "us-east-1", local: proxy, timeoutsMs: TIMEOUTS_MS });
    sound = queueClients({ region: "us-east-1", local: server });
  });
  afterEach(async () => {
    await proxy.heal();
    for (const bus of opened.splice(0)) await bus.close();
  });
  after(async () => {
    for (const { sns, sqs } of [clients, sound]) {
      sns.destroy();
      sqs.destroy();
    }
    await proxy.close();
    await server.stop();
  });

  for (const [what, fault] of [...Object.entries(FAULTS), ["arriving late", LATE] as const])
    it(`loses nothing and keeps the order of each market where a batch to a topic is ${what}`, () =>
      expectWholeUnder([{ operation: "PublishBatch", when: everyThird, times: 4, fault }]));

  it("loses nothing and keeps the order of each market where a topic takes a part of a batch", () =>
    expectWholeUnder([
      {
        operation: "PublishBatch",
        when: everyThird,
        times: 4,
        fault: { kind: "partial", split: firstPublished },
      },
    ]));

  for (const [what, fault] of Object.entries(FAULTS))
    it(`loses nothing and keeps the order of each market where what a consumer asks its queue is ${what}`, () =>
      expectWholeUnder(
        ["ReceiveMessage", "DeleteMessageBatch"].map((operation) => ({
          ...{ operation, when: everyThird, times: 2, fault },
        })),
      ));

  it("loses nothing and keeps the order of each market where a queue deletes a part of what is done", () =>
    expectWholeUnder([
      {
        operation: "DeleteMessageBatch",
        when: ({ body }) => (JSON.parse(body.toString()) as { Entries: unknown[] }).Entries.length > 1,
        times: 3,
        fault: { kind: "partial", split: firstDeleted },
      },
    ]));

  it(`loses nothing and keeps the order of each market where everything of this happens at random (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const oneIn = (n: number) => () => random.below(n) === 0;
    return expectWholeUnder(
      ["PublishBatch", "ReceiveMessage", "DeleteMessageBatch"].flatMap((operation) =>
        Object.values(FAULTS).map((fault) => ({ operation, when: oneIn(30), times: 1, fault })),
      ),
    );
  });

  /** Publishes under faults as the publisher of a shard does, again until it is taken, and consumes; a consumer that knows events by their names has each once, in the order of its market. */
  async function expectWholeUnder(rules: readonly FaultRule[]) {
    const addresses = await createBus(sound.sns, sound.sqs, busTopology(`fault${++count}`, QUICK));
    const bus = createAwsEventBus({
      ...{ ...clients, addresses, clock, settings: QUICK, waitSeconds: 1 },
      onFailure: (error) => {
        throw error;
      },
    });
    opened.push(bus);
    const inForce = rules.map((rule) => proxy.add(rule));
    const heard = new Map<string, BusMessage>();
    bus.consume(CONSUMER, async (batch) => {
      for (const { message } of batch) if (!heard.has(message.name)) heard.set(message.name, message);
      return { failed: [] };
    });
    const events = Array.from({ length: EVENTS }, (_, at) =>
      tradeMessage(at + 1, MARKETS[at % MARKETS.length] ?? ""),
    );
    for (let from = 0; from < events.length; from += TOGETHER) {
      const together = events.slice(from, from + TOGETHER);
      for (let isTaken = false; !isTaken; ) isTaken = (await bus.publish(together)).ok;
    }
    await eventually(() => heard.size === events.length);
    const came = inForce.reduce((sum, rule) => sum + rule.count, 0);
    expect(came, "the fault came").to.be.greaterThan(0);
    for (const market of MARKETS)
      expect([...heard.values()].filter(({ group }) => group === market).map(({ seq }) => seq)).to.deep.equal(
        events.filter(({ group }) => group === market).map(({ seq }) => seq),
      );
    await proxy.heal();
    await eventually(async () => {
      const { waiting, inFlight, dead } = await bus.backlog(CONSUMER);
      return waiting + inFlight + dead === 0;
    });
  }
});

function everyThird({ count }: { readonly count: number }): boolean {
  return count % 3 === 1;
}
