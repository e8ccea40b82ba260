import { expect } from "chai";
import { ENVIRONMENTS, type EnvironmentName } from "#infra/environments/environments.ts";
import type { TerraformJson } from "#infra/offline/terraform-json.ts";
import { POLICY_RULES } from "#infra/policy/all-rules.ts";
import { ONE_REGION_RULES } from "#infra/policy/door-rules.ts";
import { STAR_RESOURCES, statementsOf } from "#infra/policy/iam-rules.ts";
import { PROTECTION_RULES } from "#infra/policy/protection-rules.ts";
import type { PolicyRule } from "#infra/policy/rule.ts";
import { type NamedStack, stacksOf } from "./platforms.ts";

function findings(rule: PolicyRule, stacks: readonly NamedStack[]): string[] {
  return stacks.flatMap(({ name, json }) => rule.check(json).map((line) => `${name}: ${line}`));
}

describe("policy of the synthesized stacks", function () {
  this.timeout(120_000);

  const every = Object.keys(ENVIRONMENTS) as EnvironmentName[];
  const held: readonly [readonly PolicyRule[], readonly EnvironmentName[]][] = [
    [POLICY_RULES, every],
    [PROTECTION_RULES, ["prod"]],
    [ONE_REGION_RULES, ["dev"]],
  ];
  for (const [rule, environments] of held.flatMap(([rules, names]) =>
    rules.map((rule) => [rule, names] as const),
  ))
    describe(rule.name, () => {
      for (const [type, block] of Object.entries(rule.broken))
        it(`is broken by a bad ${type}`, () => {
          const besides = Object.entries(rule.besides ?? {}).map(([other, one]) => [other, { bad: one }]);
          const resource = { ...Object.fromEntries(besides), [type]: { bad: block } };
          const stack = { resource } as unknown as TerraformJson;
          expect(rule.check(stack)).to.have.lengthOf.at.least(1);
        });
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
