import { expect } from "chai";
import { describe, it } from "mocha";
import { branchName, regionOfBranch } from "#shared/domain/branch-name.ts";
import type { BranchId, RegionId } from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";

describe("the name of a branch", () => {
  it("says in which Region's log it lives, whatever the Region is called", () => {
    for (const region of ["us-east-1", "eu.west.1", "r2"] as RegionId[])
      for (const counter of [0, 1, 42, Number.MAX_SAFE_INTEGER])
        expect(regionOfBranch(branchName(region, counter))).to.equal(region);
    expect(branchName("us-east-1" as RegionId, 7)).to.equal("us-east-1.7");
    expect(regionOfBranch(ROOT_BRANCH)).to.equal("root");
  });

  it("is made of a durable counter, and without a Region there is none", () => {
    expect(() => branchName("us-east-1" as RegionId, 0.5)).to.throw(/integer/);
    for (const name of ["nameless", ".1"])
      expect(() => regionOfBranch(name as BranchId)).to.throw(/bears the name/);
  });
});
