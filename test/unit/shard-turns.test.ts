import { join } from "node:path";
import { expect } from "chai";
import { after, afterEach, describe, it } from "mocha";
import { ShardTurns, TurnNotTaken } from "#services/projector/shard-turns.ts";
import { openSqliteLeaseTable } from "#shared/adapters/embedded/sqlite-lease-table.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { LeaseTable } from "#shared/ports/lease-table.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { manualClock } from "#test/support/manual-clock.ts";

const SHARD = "crypto-1" as ShardId;

describe("turns of functions at a shard's tables", () => {
  const folders = temporaryFolders();
  const opened: LeaseTable[] = [];
  afterEach(async () => {
    for (const leases of opened.splice(0)) await leases.close();
  });
  after(() => folders.removeAll());

  function stage() {
    const leases = openSqliteLeaseTable({ file: join(folders.make(), "leases.db") });
    opened.push(leases);
    const clock = manualClock();
    const turns = () => new ShardTurns({ leases, clock, random: systemRandom() });
    /** Until it has ended one way or the other, while time goes on. */
    const ended = async (work: Promise<void>) => {
      let result: "done" | Error | undefined;
      work.then(
        () => (result = "done"),
        (error: Error) => (result = error),
      );
      await eventually(() => {
        clock.advance(50);
        return result !== undefined;
      });
      return result;
    };
    return { turns, ended };
  }

  it("are taken by one at a time, also after one that failed", async () => {
    const { turns, ended } = stage();
    let inside = 0;
    let most = 0;
    const work = (fails: boolean) => async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      if (fails) throw new Error("it failed");
    };
    const all = [true, false, false, true, false].map((fails) => turns().inTurn(SHARD, work(fails)));
    const results = await Promise.all(all.map(ended));
    expect(most).to.equal(1);
    expect(results.filter((result) => result === "done")).to.have.length(3);
  });

  it("are taken from one that has said nothing for long, and not from one that goes on", async () => {
    const { turns, ended } = stage();
    void turns().inTurn(SHARD, () => new Promise(() => {}));
    let isDone = false;
    const next = turns().inTurn(SHARD, async () => {
      isDone = true;
    });
    expect(await ended(next)).to.equal("done");
    expect(isDone).to.equal(true);
    let hasEnded = false;
    const busy = turns().inTurn(SHARD, async (goesOn) => {
      while (!hasEnded) {
        await goesOn();
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const refused = await ended(turns().inTurn(SHARD, async () => {}));
    expect(refused).to.be.instanceOf(TurnNotTaken);
    hasEnded = true;
    await busy;
  });
});
