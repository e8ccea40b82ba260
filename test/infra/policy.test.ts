import { expect } from "chai";
import { ENVIRONMENTS, type EnvironmentName } from "#infra/environments/environments.ts";
import type { TerraformJson } from "#infra/offline/terraform-json.ts";
import { POLICY_RULES } from "#infra/policy/all-rules.ts";
import { STAR_RESOURCES, statementsOf } from "#infra/policy/iam-rules.ts";
import { PROTECTION_RULES } from "#infra/policy/protection-rules.ts";
import type { PolicyRule } from "#infra/policy/rule.ts";
import { forgetPlatforms, type NamedStack, stacksOf } from "./platforms.ts";

function findings(rule: PolicyRule, stacks: readonly NamedStack[]): string[] {
  return stacks.flatMap(({ name, json }) => rule.check(json).map((line) => `${name}: ${line}`));
}

describe("policy of the synthesized stacks", function () {
  this.timeout(120_000);
  after(forgetPlatforms);

  for (const rule of [...POLICY_RULES, ...PROTECTION_RULES])
    describe(rule.name, () => {
      for (const [type, block] of Object.entries(rule.broken))
        it(`is broken by a bad ${type}`, () => {
          const stack = { resource: { [type]: { bad: block } } } as unknown as TerraformJson;
          expect(rule.check(stack)).to.have.lengthOf.at.least(1);
        });
      const environments = PROTECTION_RULES.includes(rule)
        ? (["prod"] as const)
        : (Object.keys(ENVIRONMENTS) as EnvironmentName[]);
      for (const name of environments)
        it(`holds in ${name}`, async () => {
          expect(findings(rule, await stacksOf(name))).to.deep.equal([]);
        });
    });

  it("lists no reason for an action on everything that no role has any more", async () => {
    const used = new Set(
      (await stacksOf("prod")).flatMap(({ json }) =>
        statementsOf(json)
          .filter(({ statement }) => statement.Resource?.includes("*"))
          .flatMap(({ statement }) => statement.Action),
      ),
    );
    expect(Object.keys(STAR_RESOURCES).filter((action) => !used.has(action))).to.deep.equal([]);
  });
});
