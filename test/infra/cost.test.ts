import { expect } from "chai";
import { BILLED } from "#infra/cost/billed.ts";
import { estimate } from "#infra/cost/estimate.ts";
import { PRICES, type Price, type PriceName } from "#infra/cost/prices.ts";
import { ENVIRONMENTS, type EnvironmentName } from "#infra/environments/environments.ts";
import { ownerFromVariables } from "#infra/environments/owner.ts";
import { resourcesOf } from "#infra/offline/terraform-json.ts";
import { stacksOf } from "./platforms.ts";
import { standingUnits } from "./standing-units.ts";

const OWNER = ownerFromVariables({});

describe("the cost of an environment", function () {
  this.timeout(120_000);

  for (const name of Object.keys(ENVIRONMENTS) as EnvironmentName[])
    it(`of ${name} is within its budget`, () => {
      const environment = ENVIRONMENTS[name](OWNER);
      const { standingUsd, ordersUsd } = estimate(environment);
      expect(standingUsd + ordersUsd).to.be.below(environment.monthlyBudgetUsd);
    });

  it("is less than 150 USD a month for dev", () => {
    const { standingUsd, ordersUsd } = estimate(ENVIRONMENTS.dev(OWNER));
    expect(standingUsd + ordersUsd).to.be.below(150);
  });

  it("grows with orders no faster than they do", () => {
    const cost = (million: number) => estimate(ENVIRONMENTS.prod(OWNER), million).ordersUsd;
    expect(cost(200) / cost(100)).to.be.closeTo(2, 0.01);
  });

  it("uses prices that say where they are from", () => {
    for (const [name, price] of Object.entries<Price>(PRICES)) {
      const page = "found" in price.from ? price.from.found : price.from.assumed;
      expect(page, name).to.match(/^https:\/\//);
      if ("found" in price.from) expect(price.from.read, name).to.match(/^\d{4}-\d{2}-\d{2}$/);
      expect(price.usd, name).to.be.above(0);
    }
  });

  it("uses every price of the table in some environment, or could", () => {
    const used = new Set(
      (Object.keys(ENVIRONMENTS) as EnvironmentName[]).flatMap((name) =>
        estimate(ENVIRONMENTS[name](OWNER)).lines.map(({ price }) => price),
      ),
    );
    const optional = /^(cache|search)|^fargateSpotShare$/;
    expect(
      Object.keys(PRICES).filter((name) => !used.has(name as never) && !optional.test(name)),
    ).to.deep.equal([]);
  });

  it("is said of every type of resource that the stacks make, and of no other: which prices, or why none", async () => {
    const types = new Set<string>();
    for (const name of Object.keys(ENVIRONMENTS) as EnvironmentName[])
      for (const { json } of await stacksOf(name)) for (const { type } of resourcesOf(json)) types.add(type);
    expect(Object.keys(BILLED)).to.have.members([...types]);
    const prices = new Set(
      Object.values(BILLED).flatMap((billed) => (typeof billed === "string" ? [] : billed)),
    );
    // Of no resource: bytes on their way, and how a price is cut.
    const others: readonly PriceName[] = ["betweenRegionsGb", "fargateSpotShare"];
    expect([...prices, ...others]).to.have.members(Object.keys(PRICES));
  });

  for (const name of ["dev", "prod"] as const)
    it(`counts of ${name} what its stacks make`, async () => {
      const estimated = estimate(ENVIRONMENTS[name](OWNER)).lines.filter(({ kind }) => kind === "standing");
      const resources = (await stacksOf(name)).flatMap(({ json }) => resourcesOf(json));
      for (const [price, units] of standingUnits(resources)) {
        const lines = estimated.filter((line) => line.price === price);
        const counted = lines.reduce((sum, line) => sum + line.units, 0);
        expect(counted, price).to.be.closeTo(units, 1e-6);
      }
    });
});
