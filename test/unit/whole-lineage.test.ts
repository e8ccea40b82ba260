import { expect } from "chai";
import { describe, it } from "mocha";
import { joinedLineage, wholeLineage } from "#services/region/whole-lineage.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { LineageSpan } from "#shared/domain/lineage.ts";
import { REGIONS, SHARD, spanOf } from "#test/support/replica-region.ts";
import { createTestLinks } from "#test/support/test-links.ts";

const [VIRGINIA, IRELAND, TOKYO] = REGIONS as [RegionId, RegionId, RegionId];

/** The reigns from an epoch to another one, each of ten seqs. */
function reigns(first: number, last: number): LineageSpan[] {
  const epochs = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return epochs.map((epoch) => spanOf(epoch, VIRGINIA, 10 * (epoch - 1), 10 * (epoch - 1)));
}

const epochsOf = (spans: readonly LineageSpan[] | undefined) => spans?.map(({ epoch }) => epoch);

describe("the lineage of a Region that was away for more reigns than the register's record keeps", () => {
  /** Ireland has been away; the others answer with what they know. */
  function startLinks(known: Partial<Record<RegionId, readonly LineageSpan[]>>) {
    const links = createTestLinks();
    const asked: string[] = [];
    for (const [region, lineage = []] of Object.entries(known))
      links.of(region as RegionId).serve("replica.lineage", async (_from, { after, limit }) => {
        asked.push(`${region} behind ${after}`);
        return { spans: lineage.filter(({ epoch }) => epoch > after).slice(0, limit) };
      });
    const sources = { shard: SHARD, regions: REGIONS, link: links.of(IRELAND), timeoutMs: 1000 };
    return { links, asked, sources };
  }

  it("is what it knew and what the record has, where they meet", () => {
    expect(epochsOf(joinedLineage(reigns(1, 4), reigns(3, 6)))).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(epochsOf(joinedLineage(reigns(1, 4), reigns(5, 6)))).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(epochsOf(joinedLineage([], reigns(1, 2)))).to.deep.equal([1, 2]);
    expect(joinedLineage(reigns(1, 4), reigns(6, 8)), "the fifth is missing").to.equal(undefined);
    expect(joinedLineage([], reigns(2, 3)), "a new Region knows nothing of the first").to.equal(undefined);
  });

  it("is told by another Region, in several answers where it is long", async () => {
    const { asked, sources } = startLinks({ [VIRGINIA]: reigns(1, 600), [TOKYO]: reigns(1, 600) });
    const whole = await wholeLineage(sources, reigns(1, 3), reigns(597, 600));
    expect(epochsOf(whole)).to.deep.equal(epochsOf(reigns(1, 600)));
    expect(asked).to.deep.equal([`${VIRGINIA} behind 3`, `${VIRGINIA} behind 259`, `${VIRGINIA} behind 515`]);
  });

  it("is put together of what two Regions know", async () => {
    const { sources } = startLinks({ [VIRGINIA]: reigns(1, 5), [TOKYO]: reigns(4, 9) });
    expect(epochsOf(await wholeLineage(sources, reigns(1, 2), reigns(8, 9)))).to.deep.equal(
      epochsOf(reigns(1, 9)),
    );
  });

  it("is not known while nobody who has it is reached", async () => {
    const { links, sources } = startLinks({ [VIRGINIA]: reigns(1, 9), [TOKYO]: reigns(6, 9) });
    links.cut(VIRGINIA, IRELAND);
    expect(await wholeLineage({ ...sources, timeoutMs: 20 }, reigns(1, 2), reigns(8, 9))).to.equal(undefined);
  });
});
