import { expect } from "chai";
import { describe, it } from "mocha";
import type { LogMark, LogMarks } from "#shared/ports/log-marks.ts";
import type { Adapters, StoreAdapter } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

/** What all `LogMarks` promise (shared/ports/log-marks.ts). */
export function logMarksContract(
  world: Pick<Adapters, "world" | "makePlace" | "removePlace"> & {
    readonly logMarks: StoreAdapter<LogMarks>;
  },
): void {
  describe(`the marks of logs (${world.world})`, () => {
    const stores = storesOf(world, world.logMarks.open);

    it("are listed in the order of their positions, each log's by itself, after a restart too", async () => {
      const place = await stores.place();
      const marks = await stores.open(place);
      for (const position of [900, 0, 70, 1_000_000_000_000]) await marks.put("shard-1", mark(position));
      await marks.put("shard-2", mark(5));
      await marks.close();
      const again = await stores.open(place);
      expect(await again.list("shard-1")).to.deep.equal(
        [0, 70, 900, 1_000_000_000_000].map((at) => mark(at)),
      );
      expect(await again.list("shard-2")).to.deep.equal([mark(5)]);
      expect(await again.list("shard-3")).to.deep.equal([]);
    });

    it("replace an earlier one at the same position", async () => {
      const marks = await stores.fresh();
      await marks.put("shard-1", mark(7));
      await marks.put("shard-1", mark(7, "9"));
      expect(await marks.list("shard-1")).to.deep.equal([mark(7, "9")]);
    });

    it("are forgotten when a log is trimmed, but for the last one that reading behind it begins at", async () => {
      const marks = await stores.fresh();
      for (const position of [0, 10, 20, 30]) await marks.put("shard-1", mark(position));
      await marks.put("shard-2", mark(0));
      expect(await marks.trimmed("shard-1")).to.equal(0);
      await marks.trim("shard-1", 25);
      expect(await marks.list("shard-1")).to.deep.equal([20, 30].map((at) => mark(at)));
      expect(await marks.list("shard-2")).to.deep.equal([mark(0)]);
      await marks.trim("shard-1", 5);
      expect(await marks.trimmed("shard-1"), "never lowered").to.equal(25);
      await marks.trim("shard-1", 30);
      expect(await marks.list("shard-1")).to.deep.equal([mark(30)]);
    });
  });
}

function mark(position: number, end = "1"): LogMark {
  // As long as Kinesis's are.
  const sequenceNumber = `${"4968070251154065328995335941789468207657035206".padEnd(54, "0")}${position % 10}${end}`;
  return { position, streamShard: "shardId-000000000003", sequenceNumber };
}
