import { readFileSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { EXPERIMENTS } from "#infra/experiments/all.ts";
import { platformOf, resourcesOfType } from "./platforms.ts";

interface TemplateAction {
  readonly name: string;
  readonly action_id: string;
  readonly parameter?: readonly { readonly key: string; readonly value: string }[];
  readonly start_after?: readonly string[];
}

const ASSERT = "aws:cloudwatch:assert-alarm-state";
const ALARMS_MAX = 5;

describe("fault experiments on AWS", function () {
  this.timeout(120_000);

  it("each ask CloudWatch, some minutes after they began, whether its alarms say what they must", async () => {
    const templates = await resourcesOfType("prod", "aws_fis_experiment_template");
    const { environment } = await platformOf("prod");
    expect(templates).to.have.lengthOf(EXPERIMENTS.length * environment.regions.length);
    for (const { block } of templates) {
      const actions = block.action as readonly TemplateAction[];
      const asked = actions.filter(({ action_id }) => action_id === ASSERT);
      expect(asked, String(block.description)).to.not.have.lengthOf(0);
      for (const { start_after = [] } of asked) {
        const [before] = start_after;
        expect(actions.find(({ name }) => name === before)?.action_id).to.equal("aws:fis:wait");
      }
    }
  });

  it("ask for alarms that there are, in the experiment's own Region, as many as FIS takes at a time", async () => {
    const kinds = ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"];
    const all = (await Promise.all(kinds.map((kind) => resourcesOfType("prod", kind)))).flat();
    const known = new Set(all.map(({ block }) => String(block.alarm_name)));
    for (const { block } of await resourcesOfType("prod", "aws_fis_experiment_template")) {
      const [{ value: stop = "" } = { value: "" }] = block.stop_condition as readonly { value: string }[];
      const region = stop.split(":")[3];
      for (const { action_id, parameter = [] } of block.action as readonly TemplateAction[]) {
        if (action_id !== ASSERT) continue;
        const of = (name: string) => parameter.find(({ key }) => key === name)?.value ?? "";
        const arns = of("alarmArns").split(",");
        expect(arns.length).to.be.within(1, ALARMS_MAX);
        expect(of("alarmStates")).to.match(/^(OK|ALARM)$/);
        for (const arn of arns) {
          expect(arn.split(":")[3]).to.equal(region);
          expect(known).to.include(arn.split(":").at(-1));
        }
      }
    }
  });

  it("say on their pages which alarms must fire and which must not", async () => {
    const { regions, region, environment } = await placeOf();
    for (const { name, expects } of EXPERIMENTS) {
      const page = readFileSync(new URL(`../../infra/experiments/${name}.md`, import.meta.url), "utf8");
      const proves = /\*\*Proves\.\*\* .*/.exec(page)?.[0] ?? "";
      const stack = { environment } as Parameters<typeof expects>[0]["stack"];
      for (const { alarms } of expects({ stack, region, others: regions.slice(1) }))
        for (const alarm of alarms)
          expect(proves, name).to.include(`\`${alarm.replace(/^link-.*-unread$/, "link-GROUP-unread")}\``);
    }
  });
});

async function placeOf() {
  const { environment } = await platformOf("prod");
  const [region] = environment.regions;
  if (region === undefined) throw new Error("prod has a Region");
  return { environment, region, regions: environment.regions };
}
