import { expect } from "chai";
import { describe, it } from "mocha";
import type { Journal } from "#shared/ports/journal.ts";
import type { ResyncAnswer } from "#shared/protocol/socket.ts";
import { type Metrics, NO_METRICS } from "#shared/telemetry/metrics.ts";
import { eventually } from "#test/support/eventually.ts";
import { ONE_SHARD } from "#test/support/one-shard.ts";
import { connectSocket } from "./feed-recorder.ts";
import { startSocketPlatform } from "./socket-platform.ts";

/** A journal that has lost what it held of one seq. */
function without(journal: Journal, lost: () => number): Journal {
  return {
    append: (outcomes) => journal.append(outcomes),
    read: async (after, limit) => (await journal.read(after, limit)).filter(({ seq }) => seq !== lost()),
    subscribe: (after, onOutcomes, onRewind) => journal.subscribe(after, onOutcomes, onRewind),
    rewind: (toSeq) => journal.rewind(toSeq),
    readSuperseded: (branch, after, limit) => journal.readSuperseded(branch, after, limit),
    branches: () => journal.branches(),
    lastSeq: () => journal.lastSeq(),
    firstSeq: () => journal.firstSeq(),
    close: () => journal.close(),
  };
}

describe("a journal with a hole", function () {
  this.timeout(60_000);

  it("is told of as soon as a client asks for what was there, who begins anew; until then nothing is told", async () => {
    let [lost, gaps] = [0, 0];
    const metrics: Metrics = {
      ...NO_METRICS,
      add: (name, _labels, by = 1) => {
        if (name === "meridian_feed_gaps_total") gaps += by;
      },
    };
    const platform = await startSocketPlatform({
      recentUpdates: 4,
      journalOf: (journal) => without(journal, () => lost),
      metrics,
    });
    try {
      const alice = await platform.newUser("alice");
      const socket = connectSocket(platform.url, { auth: { token: alice.token } });
      await eventually(() => socket.connected);
      for (let deposit = 0; deposit < 40; deposit++) {
        const command = { kind: "Deposit", account: alice.account, asset: "BTC", amount: 1 } as const;
        await platform.entry.submit(
          platform.entry.freshCommandId(alice.account),
          command as Parameters<typeof platform.entry.submit>[1],
          ONE_SHARD,
        );
      }
      const { seq, branch } = platform.view;
      await eventually(() => platform.journal.lastSeq() >= seq);
      const request = { feed: `user/${ONE_SHARD}`, branch, seq: seq - 30, index: Number.MAX_SAFE_INTEGER };
      const resync = () =>
        new Promise<ResyncAnswer>((resolve) =>
          socket.emit("resync", request, (answer) => resolve(answer as ResyncAnswer)),
        );
      expect((await resync()).outcome).to.equal("missed");
      expect(gaps).to.equal(0);
      lost = seq - 20;
      expect((await resync()).outcome).to.equal("snapshot");
      expect(gaps).to.equal(1);
      socket.disconnect();
    } finally {
      await platform.stop();
    }
  });
});
