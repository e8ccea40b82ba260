import { expect } from "chai";
import * as fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { ledgerBatch, ledgerHandler } from "#services/ledger/ledger-handler.ts";
import { NOTICE_KINDS, noticesOf } from "#services/notifier/notices-of.ts";
import { notifierHandler } from "#services/notifier/notifier-handler.ts";
import { deliver } from "#shared/adapters/bus/deliver.ts";
import { openPGliteLedger } from "#shared/adapters/embedded/ledger/open-pglite-ledger.ts";
import { openSqliteNoticeStore } from "#shared/adapters/embedded/sqlite-notice-store.ts";
import type { AccountId, BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { BatchResult, BusHandler } from "#shared/ports/event-bus.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import type { Random } from "#shared/ports/random.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { busRuns, decodeBusRun, lineOf } from "#shared/protocol/bus/bus-run.ts";
import { CONSUMERS, type Consumer, hears } from "#shared/protocol/bus/consumers.ts";
import { eventName } from "#shared/protocol/bus/event-name.ts";
import { TOPICS } from "#shared/protocol/bus/topics.ts";
import {
  acceptedMessage,
  canceledMessage,
  depositMessage,
  messageOf,
  tradeMessage,
} from "#test/contract/support/sample-messages.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const RECEIVES_MAX = 4;
/** Of a command, none, one, and what no publisher does: several. */
const TRACES = [1, 2, 3].map((at) => ({ traceparent: `00-${String(at).repeat(32)}-${"a".repeat(16)}-00` }));
const MARKETS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

describe("runs of events on the bus", function () {
  this.timeout(120_000);
  let ledger: Ledger;
  let stories = 0;
  before(async () => {
    ledger = await openPGliteLedger();
  });
  after(() => ledger?.close());

  it("come back as the events that went in, in as many messages as their limits ask for", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = seededRandom(seed);
        const messages = eventsOf("crypto-1" as ShardId, random, 60);
        const limits = { eventsMax: 1 + random.below(20), bytesMax: 1 + random.below(6000) };
        const runs = busRuns(messages, limits);
        for (const run of runs) {
          expect(decodeBusRun(run.text)).to.deep.equal(run.messages);
          expect(run.bytes).to.equal(Buffer.byteLength(run.text));
          expect(run.messages.length).to.be.at.most(limits.eventsMax);
          if (run.messages.length > 1) expect(run.bytes).to.be.at.most(limits.bytesMax);
        }
        for (const line of new Set(messages.map(lineOf)))
          expect(runs.flatMap((run) => run.messages).filter((one) => lineOf(one) === line)).to.deep.equal(
            messages.filter((one) => lineOf(one) === line),
          );
        expect(new Set(runs.map(({ name }) => name)).size).to.equal(runs.length);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("have each event's effect once, whatever is published again in other runs, delivered again, dead and redriven; and in order where no handler fails", async () => {
    const seen = { reformed: 0, again: 0, dead: 0 };
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = seededRandom(seed);
        const shard = `story-${++stories}` as ShardId;
        const events = eventsOf(shard, random, 80);
        const queues = publish(events, random, seen);
        const failing = random.below(2) === 0 ? 0 : 6;

        const order = recorder();
        await drain("projector", queues, order.handle, random, failing, seen);
        const heard = events.filter(({ event }) => hears("projector", event.kind));
        expect(new Set(order.names)).to.deep.equal(new Set(heard.map(({ name }) => name)));
        expect(order.names).to.have.length(heard.length);
        if (failing === 0)
          for (const line of new Set(heard.map(lineOf)))
            expect(order.messages.filter((one) => lineOf(one) === line)).to.deep.equal(
              heard.filter((one) => lineOf(one) === line),
            );

        const fail = (error: unknown): never => {
          throw error;
        };
        const books = ledgerHandler({ ledger, onRefused: (_, error) => fail(error), onUnavailable: fail });
        await drain("ledger", queues, books, random, failing, seen);
        const balances = await ledger.balances(shard, Number.MAX_SAFE_INTEGER as Seq);
        expect(new Map(balances.map((one) => [`${one.account}/${one.asset}`, one.amount]))).to.deep.equal(
          booked(events),
        );

        const store = openSqliteNoticeStore({ file: ":memory:" });
        const accounts = [1, 2] as AccountId[];
        for (const account of accounts)
          await store.subscribe({
            ...{ id: `s${account}`, account, channel: "webhook", target: "https://x", secret: "" },
            kinds: NOTICE_KINDS,
          });
        const notify = notifierHandler({ store, clock: { now: () => 0 } as never, onAdded: () => {} });
        await drain("notifier", queues, notify, random, failing, seen);
        const told: string[] = [];
        for (;;) {
          const due = await store.due(0, 10, 0);
          if (due.length === 0) break;
          for (const notice of due) {
            told.push(`${notice.subscription} ${notice.name}`);
            await store.settle(notice, "told", 0);
          }
        }
        const expected = events.flatMap((message) =>
          noticesOf(message).map(({ account, id }) => `s${account} ${id}`),
        );
        expect([...told].sort()).to.deep.equal([...expected].sort());
        await store.close();
      }),
      { seed: SEED, numRuns: 60 },
    );
    // It was not all plain sailing.
    for (const [what, count] of Object.entries(seen)) expect(count, what).to.be.greaterThan(20);
  });
});

/** Events of a shard: several of a command, over markets and topics, and the last of them in a fork. */
function eventsOf(shard: ShardId, random: Random, commands: number): BusMessage[] {
  const forkAt = random.below(3) === 0 ? random.below(commands) : commands;
  return Array.from({ length: commands }, (_, at) => at + 1).flatMap((seq) => {
    const isFinal = seq <= forkAt;
    const branch = (isFinal ? "us-east-1.1" : "ap-northeast-1.9") as BranchId;
    const traces = TRACES.slice(random.below(3), 1 + random.below(3));
    return Array.from({ length: random.below(4) }, (_, index): BusMessage => {
      const market = MARKETS[random.below(MARKETS.length)] ?? "";
      const topic = TOPICS[random.below(TOPICS.length)] ?? "other";
      const made = [
        () => tradeMessage(seq, market),
        () => acceptedMessage(seq, topic, market),
        () => canceledMessage(seq, market),
        () => depositMessage(seq, 1, seq),
        () => messageOf(seq, { kind: "BranchBegan" } as never),
      ][random.below(5)]?.() as BusMessage;
      const place = { shard, branch, seq: seq as Seq, index };
      return {
        ...made,
        ...place,
        name: eventName(place),
        group: made.group.startsWith("shard:") ? `shard:${shard}` : made.group,
        isFinal,
        ...traces[random.below(2)],
      };
    });
  });
}

interface Queued {
  readonly text: string;
  receives: number;
  isDead: boolean;
}

/** A publisher that dies between publishing and remembering, and cuts its runs another way each time; a bus that knows the names of the last ones. */
function publish(
  events: readonly BusMessage[],
  random: Random,
  seen: { reformed: number },
): Record<Consumer, Queued[]> {
  const queues = Object.fromEntries(CONSUMERS.map((one) => [one, []])) as unknown as Record<
    Consumer,
    Queued[]
  >;
  let known = new Set<string>();
  let position = 0;
  while (position < events.length) {
    const end = position + 1 + random.below(20);
    const runs = busRuns(events.slice(position, end), {
      eventsMax: 1 + random.below(12),
      bytesMax: 400 + random.below(4000),
    });
    const dies = random.below(3) === 0;
    const taken = dies ? runs.slice(0, random.below(runs.length + 1)) : runs;
    if (random.below(8) === 0) known = new Set();
    for (const { name, messages, text } of taken) {
      if (known.has(name)) continue;
      known.add(name);
      for (const consumer of CONSUMERS)
        if (messages.some(({ event }) => hears(consumer, event.kind)))
          queues[consumer].push({ text, receives: 0, isDead: false });
    }
    if (dies && taken.length > 0) seen.reformed++;
    if (!dies) position = Math.min(end, events.length);
  }
  return queues;
}

/** Hands a queue to a handler as SQS would: of each line in order, what is not done with again, what failed too often dead and in the end redriven. */
async function drain(
  consumer: Consumer,
  queues: Record<Consumer, Queued[]>,
  handle: BusHandler,
  random: Random,
  failing: number,
  seen: { again: number; dead: number },
): Promise<void> {
  let isMended = false;
  let queue = queues[consumer];
  const dead: Queued[] = [];
  /** Does the work, and fails some events of it; or is killed before anybody hears that it was done. */
  const unsteady: BusHandler = async (deliveries): Promise<BatchResult> => {
    const fails = () => !isMended && failing > 0 && random.below(failing) === 0;
    const failed = new Set(deliveries.filter(fails).map(({ message }) => message.name));
    await handle(deliveries.filter(({ message }) => !failed.has(message.name)));
    if (fails()) throw new Error("killed");
    return { failed: [...failed] };
  };
  for (;;) {
    if (queue.length === 0) {
      if (dead.length === 0) return;
      isMended = true;
      queue = dead.splice(0).map(({ text }) => ({ text, receives: 0, isDead: false }));
    }
    const batch = queue.slice(0, 1 + random.below(10));
    for (const one of batch) one.receives++;
    const done = new Set(await deliver(batch, unsteady, { consumer, receivesMax: RECEIVES_MAX }));
    for (const one of batch) {
      if (done.has(one)) continue;
      seen.again++;
      one.isDead = one.receives >= RECEIVES_MAX;
      if (one.isDead) dead.push(one);
    }
    seen.dead += batch.filter(({ isDead }) => isDead).length;
    // The acknowledgement of a delivery may be lost.
    queue = queue.filter(
      (one) => !one.isDead && (!done.has(one) || (one.receives < 2 && random.below(9) === 0)),
    );
  }
}

/** A consumer that does a thing for each event that it does not know by its name. */
function recorder() {
  const messages: BusMessage[] = [];
  const known = new Set<string>();
  const handle: BusHandler = async (deliveries) => {
    for (const { message } of deliveries) {
      if (known.has(message.name)) continue;
      known.add(message.name);
      messages.push(message);
    }
    return { failed: [] };
  };
  return {
    messages,
    handle,
    get names() {
      return messages.map(({ name }) => name);
    },
  };
}

/** What the books must hold of final events, each once. */
function booked(events: readonly BusMessage[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { state, entries } of ledgerBatch(events).transactions)
    for (const { account, asset, amount } of state === "final" ? entries : [])
      sums.set(`${account}/${asset}`, (sums.get(`${account}/${asset}`) ?? 0n) + amount);
  return new Map([...sums].filter(([, amount]) => amount !== 0n));
}
