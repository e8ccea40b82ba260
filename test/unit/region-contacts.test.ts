import { expect } from "chai";
import { describe, it } from "mocha";
import { RegionContacts } from "#services/region/region-contacts.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { eventually } from "#test/support/eventually.ts";
import { manualClock } from "#test/support/manual-clock.ts";
import { createTestLinks } from "#test/support/test-links.ts";

const [HERE, THERE] = ["us-east-1", "eu-west-1"] as RegionId[] as [RegionId, RegionId];
const SHARD = "crypto-1" as ShardId;

describe("what Regions tell each other of themselves", () => {
  it("says how far a shard's journal is behind at another Region, and nothing of one that does not answer", async () => {
    const clock = manualClock();
    const links = createTestLinks();
    let age = 0;
    const contactsOf = (self: RegionId) =>
      new RegionContacts({
        regions: [HERE, THERE],
        link: links.of(self),
        clock,
        timeoutMs: 1500,
        status: () => ({
          region: self,
          shards: [
            {
              shard: SHARD,
              branch: "b.1" as BranchId,
              seq: 1 as Seq,
              provisional: false,
              unjournaledMs: age,
            },
          ],
        }),
      });
    const [here, there] = [contactsOf(HERE), contactsOf(THERE)];
    expect(here.unjournaledMs(THERE, SHARD)).to.equal(0);
    age = 1500;
    here.start();
    await eventually(() => here.unjournaledMs(THERE, SHARD) === 1500);
    expect(here.of(THERE).isUp).to.equal(true);
    links.cut(HERE, THERE);
    await eventually(() => {
      clock.advance(500);
      return !here.of(THERE).isUp;
    });
    expect(here.unjournaledMs(THERE, SHARD)).to.equal(0);
    here.stop();
    there.stop();
  });
});
