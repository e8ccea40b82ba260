import { expect } from "chai";
import { describe, it } from "mocha";
import type { Outcome } from "#shared/domain/event.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import { eventually } from "#test/support/eventually.ts";
import { sampleOutcome, sampleOutcomes } from "./support/sample-outcomes.ts";

/** What every `OutcomeFeed` promises (shared/ports/outcome-feed.ts). */
export function outcomeFeedContract(world: string, open: () => OutcomeFeed | Promise<OutcomeFeed>): void {
  describe(`the outcome feed (${world})`, () => {
    it("tells every listener every outcome, in order", async () => {
      const feed = await open();
      const heard: Outcome[][] = [[], []];
      for (const list of heard) feed.subscribe((outcome) => list.push(outcome));
      for (const outcome of sampleOutcomes(1, 50)) feed.publish(outcome);
      await eventually(() => heard.every((list) => list.length >= 50));
      for (const list of heard) expect(list).to.deep.equal(sampleOutcomes(1, 50));
    });

    it("calls the listeners in the order in which they subscribed", async () => {
      const feed = await open();
      const calls: string[] = [];
      for (const name of ["first", "second", "third"]) feed.subscribe(() => calls.push(name));
      feed.publish(sampleOutcome(1));
      await eventually(() => calls.length >= 3);
      expect(calls).to.deep.equal(["first", "second", "third"]);
    });

    it("takes the same function as two listeners; one of them may cancel", async () => {
      const feed = await open();
      const heard: number[] = [];
      const listener = (outcome: Outcome) => heard.push(outcome.seq);
      const first = feed.subscribe(listener);
      feed.subscribe(listener);
      feed.publish(sampleOutcome(1));
      await eventually(() => heard.length >= 2);
      first.cancel();
      feed.publish(sampleOutcome(2));
      await eventually(() => heard.length >= 3);
      expect(heard).to.deep.equal([1, 1, 2]);
    });

    it("says nothing more to a listener that has canceled, also while an outcome is on its way", async () => {
      const feed = await open();
      const heard: string[] = [];
      const later: Subscription[] = [];
      feed.subscribe(({ seq }) => {
        heard.push(`first ${seq}`);
        for (const subscription of later) subscription.cancel();
      });
      later.push(feed.subscribe(({ seq }) => heard.push(`canceled ${seq}`)));
      feed.subscribe(({ seq }) => heard.push(`last ${seq}`));
      feed.publish(sampleOutcome(1));
      feed.publish(sampleOutcome(2));
      await eventually(() => heard.includes("last 2"));
      expect(heard).to.deep.equal(["first 1", "last 1", "first 2", "last 2"]);
    });

    it("tells a rewind in turn with the outcomes, to those who want to know", async () => {
      const feed = await open();
      const heard: string[] = [];
      let unaware = 0;
      feed.subscribe(() => unaware++);
      const { cancel } = feed.subscribe(
        ({ seq }) => heard.push(`${seq}`),
        ({ shard, toSeq }) => heard.push(`${shard} back to ${toSeq}`),
      );
      const [first, second, third] = sampleOutcomes(1, 3) as [Outcome, Outcome, Outcome];
      feed.publish(first);
      feed.publish(second);
      feed.rewind({ shard: first.shard, toSeq: first.seq });
      feed.publish(second);
      await eventually(() => heard.length >= 4 && unaware >= 3);
      expect(heard).to.deep.equal(["1", "2", "shard-1 back to 1", "2"]);
      cancel();
      feed.rewind({ shard: first.shard, toSeq: first.seq });
      feed.publish(third);
      await eventually(() => unaware >= 4);
      expect(heard).to.have.length(4);
    });

    it("starts a listener that comes while an outcome is published with the next one", async () => {
      const feed = await open();
      const heard: number[] = [];
      let isThere = false;
      feed.subscribe(() => {
        if (!isThere) feed.subscribe(({ seq }) => heard.push(seq));
        isThere = true;
      });
      for (const outcome of sampleOutcomes(1, 3)) feed.publish(outcome);
      await eventually(() => heard.includes(3));
      expect(heard).to.deep.equal([2, 3]);
    });
  });
}
