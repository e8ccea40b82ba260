import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { BatchResult, Delivery, EventBus, QueueSettings } from "#shared/ports/event-bus.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import { eventName } from "#shared/protocol/bus/event-name.ts";
import { eventually } from "#test/support/eventually.ts";
import { acceptedMessage, canceledMessage, depositMessage, tradeMessage } from "./support/sample-messages.ts";

/** A bus in one world. */
export interface BusWorld {
  readonly world: string;
  /** An empty bus, closed and removed after the test. */
  open(settings: QueueSettings): Promise<EventBus>;
  /** Puts something that is no message of ours into a consumer's queue. */
  putForeign(consumer: Consumer, text: string): Promise<void>;
}

const QUICK: QueueSettings = { visibilitySeconds: 1, receivesMax: 3 };

/** What every `EventBus` promises (shared/ports/event-bus.ts). */
export function eventBusContract({ world, open, putForeign }: BusWorld): void {
  describe(`the event bus (${world})`, () => {
    const subscriptions: Subscription[] = [];
    afterEach(() => {
      for (const subscription of subscriptions.splice(0)) subscription.cancel();
    });

    /** Takes part in a consumer's name, and writes down all deliveries: `seq` and, from the second delivery on, how often. */
    function listen(
      bus: EventBus,
      consumer: Consumer,
      fails: (delivery: Delivery) => boolean = () => false,
    ): Delivery[] {
      const heard: Delivery[] = [];
      const handle = async (batch: readonly Delivery[]): Promise<BatchResult> => {
        heard.push(...batch);
        return { failed: batch.filter(fails).map(({ message }) => message.name) };
      };
      subscriptions.push(bus.consume(consumer, handle));
      return heard;
    }

    const seqs = (deliveries: readonly Delivery[]) => deliveries.map(({ message }) => message.seq as number);
    const isEmpty = async (bus: EventBus, consumer: Consumer) => {
      const { waiting, inFlight } = await bus.backlog(consumer);
      return waiting + inFlight === 0;
    };

    it("brings each consumer what it hears of, whole, and nothing else", async () => {
      const bus = await open(QUICK);
      const messages = [tradeMessage(1), canceledMessage(2), depositMessage(3)];
      expect(await bus.publish(messages)).to.deep.equal({ ok: true });
      const ledger = listen(bus, "ledger");
      const projector = listen(bus, "projector");
      const notifier = listen(bus, "notifier");
      await eventually(() => ledger.length >= 2 && projector.length >= 2 && notifier.length >= 3);
      await eventually(async () => (await isEmpty(bus, "ledger")) && (await isEmpty(bus, "notifier")));
      expect(seqs(ledger).sort()).to.deep.equal([1, 3]);
      expect(seqs(projector).sort()).to.deep.equal([1, 2]);
      expect(seqs(notifier).sort()).to.deep.equal([1, 2, 3]);
      expect(ledger.find(({ message }) => message.seq === 1)?.message).to.deep.equal(messages[0]);
      expect(await bus.backlog("reconciliation")).to.deep.equal({ waiting: 0, inFlight: 0, dead: 0 });
    });

    it("keeps the order of a market, over many batches", async () => {
      const bus = await open(QUICK);
      const messages = Array.from({ length: 30 }, (_, at) =>
        tradeMessage(at + 1, at % 3 === 0 ? "ETHUSDT" : "BTCUSDT"),
      );
      await bus.publish(messages.slice(0, 7));
      await bus.publish(messages.slice(7));
      const heard = listen(bus, "ledger");
      await eventually(() => heard.length >= 30);
      for (const market of ["BTCUSDT", "ETHUSDT"]) {
        const ofMarket = (seq: number) => messages[seq - 1]?.group === market;
        expect(seqs(heard).filter(ofMarket)).to.deep.equal(
          messages.map(({ seq }) => seq as number).filter(ofMarket),
        );
      }
    });

    it("brings a failed message again, and what stands behind it in its market only then; other markets go on", async () => {
      const bus = await open(QUICK);
      for (const message of [tradeMessage(1), tradeMessage(2), tradeMessage(3), tradeMessage(4, "ETHUSDT")])
        await bus.publish([message]);
      const done: number[] = [];
      const heard = listen(bus, "ledger", ({ message, receives }) => {
        const fails = message.seq === 2 && receives === 1;
        if (!fails) done.push(message.seq);
        return fails;
      });
      await eventually(() => isEmpty(bus, "ledger"));
      expect(heard.filter(({ message }) => message.seq === 2).map(({ receives }) => receives)).to.deep.equal([
        1, 2,
      ]);
      expect(heard.filter(({ message }) => message.seq === 1)).to.have.length(1);
      expect(heard.filter(({ message }) => message.seq === 4)).to.have.length(1);
      // Whatever was handled ahead of the failed one's second delivery was handled again behind it.
      expect(done.lastIndexOf(3)).to.be.greaterThan(done.lastIndexOf(2));
    });

    it("moves a run that fails again and again to the dead-letter queue, its market goes on, and redrive brings it back", async () => {
      const bus = await open(QUICK);
      await bus.publish([tradeMessage(1)]);
      await bus.publish([tradeMessage(2)]);
      let isMended = false;
      const heard = listen(bus, "ledger", ({ message }) => message.seq === 1 && !isMended);
      await eventually(async () => (await bus.backlog("ledger")).dead === 1);
      await eventually(() => seqs(heard).includes(2));
      await eventually(() => isEmpty(bus, "ledger"));
      expect(heard.filter(({ message }) => message.seq === 1).map(({ receives }) => receives)).to.deep.equal([
        1, 2, 3,
      ]);
      expect(await bus.dead("ledger", 10)).to.deep.equal([[tradeMessage(1)]]);
      expect((await bus.backlog("ledger")).dead).to.equal(1);
      isMended = true;
      expect(await bus.redrive("ledger")).to.equal(1);
      await eventually(() => heard.filter(({ message }) => message.seq === 1).length === 4);
      await eventually(() => isEmpty(bus, "ledger"));
      expect(heard.at(-1)).to.deep.equal({ message: tradeMessage(1), receives: 1 });
      expect(await bus.backlog("ledger")).to.deep.equal({ waiting: 0, inFlight: 0, dead: 0 });
      expect(await bus.redrive("ledger")).to.equal(0);
    });

    it("moves what is no message of ours to the dead-letter queue, without asking the handler", async () => {
      const bus = await open(QUICK);
      await bus.publish([tradeMessage(1, "ETHUSDT")]);
      await putForeign("ledger", '{"version":99}');
      const heard = listen(bus, "ledger");
      await eventually(async () => (await bus.backlog("ledger")).dead === 1);
      expect(seqs(heard)).to.deep.equal([1]);
      expect(await bus.dead("ledger", 10)).to.deep.equal([undefined]);
    });

    it("does not bring twice what was published twice in quick succession, and in order what was published in other runs", async () => {
      const bus = await open(QUICK);
      await bus.publish([tradeMessage(1), tradeMessage(2)]);
      await bus.publish([tradeMessage(1), tradeMessage(2)]);
      await bus.publish([tradeMessage(2), tradeMessage(3)]);
      const heard = listen(bus, "ledger");
      await eventually(() => seqs(heard).includes(3));
      await eventually(() => isEmpty(bus, "ledger"));
      expect(seqs(heard).filter((seq) => seq === 1)).to.have.length(1);
      expect([...new Set(seqs(heard))]).to.deep.equal([1, 2, 3]);
    });

    it("brings of a run what a consumer hears of, and the whole of it again where one event failed", async () => {
      const bus = await open(QUICK);
      await bus.publish([
        acceptedMessage(1, "matched"),
        tradeMessage(1, "BTCUSDT", { index: 1, name: eventName({ ...tradeMessage(1), index: 1 }) }),
        acceptedMessage(2, "matched"),
        tradeMessage(3),
      ]);
      const fails = ({ message, receives }: Delivery) => message.seq === 3 && receives === 1;
      const ledger = listen(bus, "ledger", fails);
      const projector = listen(bus, "projector");
      await eventually(async () => (await isEmpty(bus, "ledger")) && (await isEmpty(bus, "projector")));
      const kinds = (deliveries: readonly Delivery[]) => deliveries.map(({ message }) => message.event.kind);
      expect(kinds(ledger)).to.deep.equal(["Trade", "Trade", "Trade", "Trade"]);
      expect(ledger.map(({ receives }) => receives)).to.deep.equal([1, 1, 2, 2]);
      expect(kinds(projector)).to.deep.equal(["OrderAccepted", "Trade", "OrderAccepted", "Trade"]);
      expect(await bus.backlog("reconciliation")).to.deep.equal({ waiting: 0, inFlight: 0, dead: 0 });
    });

    it("carries a market's burst in few messages, whole and in order", async () => {
      const bus = await open(QUICK);
      const messages = Array.from({ length: 1000 }, (_, at) =>
        tradeMessage(at + 1, at % 4 === 0 ? "ETHUSDT" : "BTCUSDT"),
      );
      await bus.publish(messages);
      const { waiting } = await bus.backlog("ledger");
      expect(waiting).to.be.at.most(20);
      const heard = listen(bus, "ledger");
      await eventually(() => heard.length >= 1000);
      for (const market of ["BTCUSDT", "ETHUSDT"])
        expect(heard.map(({ message }) => message).filter(({ group }) => group === market)).to.deep.equal(
          messages.filter(({ group }) => group === market),
        );
    });

    it("brings the whole batch again where the handler throws", async () => {
      const bus = await open(QUICK);
      await bus.publish([tradeMessage(1), tradeMessage(2, "ETHUSDT")]);
      const heard: Delivery[] = [];
      let isThrown = false;
      const handle = async (batch: readonly Delivery[]): Promise<BatchResult> => {
        if (!isThrown) {
          isThrown = true;
          throw new Error("the database is away");
        }
        heard.push(...batch);
        return { failed: [] };
      };
      subscriptions.push(bus.consume("ledger", handle));
      await eventually(() => heard.length >= 2);
      await eventually(() => isEmpty(bus, "ledger"));
      expect(heard.some(({ receives }) => receives === 2)).to.equal(true);
      expect([...new Set(seqs(heard))].sort()).to.deep.equal([1, 2]);
    });

    it("brings to another what a consumer took and died over", async () => {
      const bus = await open(QUICK);
      await bus.publish([tradeMessage(1)]);
      let hasTaken = false;
      const dying = bus.consume("ledger", () => {
        hasTaken = true;
        return new Promise<BatchResult>(() => {});
      });
      await eventually(() => hasTaken);
      dying.cancel();
      expect((await bus.backlog("ledger")).inFlight).to.equal(1);
      const heard = listen(bus, "ledger");
      await eventually(() => heard.length === 1);
      expect(heard[0]).to.deep.equal({ message: tradeMessage(1), receives: 2 });
    });
  });
}
