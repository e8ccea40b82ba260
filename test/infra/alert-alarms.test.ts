import { existsSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { ALERT_SOURCES, ALERTS_OF_THE_PLATFORM_ALONE } from "#infra/observability/alert-alarms.ts";
import { platformOf, resourcesOfType } from "./platforms.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGES = ALERTS.filter(({ severity }) => severity === "page").map(({ name }) => name);

describe("CloudWatch alarms of alerts", function () {
  this.timeout(120_000);

  it("are of the alerts that page and that AWS can tell of; of each other one it is said why it has none", () => {
    const told = Object.keys(ALERT_SOURCES);
    const alone = Object.keys(ALERTS_OF_THE_PLATFORM_ALONE);
    expect([...told, ...alone]).to.have.members(PAGES);
    expect(told.filter((name) => alone.includes(name))).to.deep.equal([]);
    for (const [name, why] of Object.entries(ALERTS_OF_THE_PLATFORM_ALONE))
      expect(why.length, name).to.be.greaterThan(20);
  });

  it("are in each Region under the alert's name, call its topic, and lead to its runbook", async () => {
    const alarms = await alarmsOfAlerts();
    const { environment } = await platformOf("prod");
    for (const alert of Object.keys(ALERT_SOURCES)) {
      const own = alarms.filter((alarm) => alarm.alarm_name === `meridian-prod-${alert}`);
      const topics = own.flatMap((alarm) => alarm.alarm_actions as string[]);
      expect(topics, alert).to.have.members(
        environment.regions.map(
          ({ name }) => `arn:aws:sns:${name}:${environment.owner.accountId}:meridian-prod-alarms`,
        ),
      );
      for (const alarm of own) {
        const page = /Runbook: (\S+\.md)$/.exec(String(alarm.alarm_description))?.[1] ?? "";
        expect(existsSync(new URL(page, ROOT)), `${alert}: ${page}`).to.equal(true);
      }
    }
  });

  it("watch alarms that the Region has, and tasks of services that it runs", async () => {
    const alarms = await alarmsOfAlerts();
    for (const { name: region } of (await platformOf("prod")).environment.regions) {
      const inRegion = async (type: string) =>
        (await resourcesOfType("prod", type)).filter(({ stack }) => stack === `region-${region}`);
      const known = (await inRegion("aws_cloudwatch_metric_alarm")).map(({ block }) => block.alarm_name);
      const rules = alarms.flatMap(({ alarm_rule }) => (alarm_rule === undefined ? [] : String(alarm_rule)));
      for (const rule of rules)
        for (const [, name] of rule.matchAll(/ALARM\("([^"]+)"\)/g)) expect(known).to.include(name);
      const services = (await inRegion("aws_ecs_service")).map(({ block }) => block.name);
      const watched = JSON.stringify(alarms.map(({ metric_query }) => metric_query ?? []));
      for (const service of services) expect(watched, String(service)).to.include(`"${service}"`);
    }
  });

  it("and all others lead to a runbook that there is", async () => {
    const alarms = [
      ...(await resourcesOfType("prod", "aws_cloudwatch_composite_alarm")),
      ...(await resourcesOfType("prod", "aws_cloudwatch_metric_alarm")),
    ];
    expect(alarms.length).to.be.above(40);
    for (const { block } of alarms) {
      const page = /Runbook: (\S+\.md)$/.exec(String(block.alarm_description))?.[1] ?? "";
      expect(existsSync(new URL(page, ROOT)), `${block.alarm_name}: ${block.alarm_description}`).to.equal(
        true,
      );
    }
  });

  it("count no more metrics than one alarm may have", async () => {
    for (const { metric_query = [] } of await alarmsOfAlerts()) {
      const metrics = (metric_query as { metric?: unknown }[]).filter(({ metric }) => metric !== undefined);
      expect(metrics.length).to.be.at.most(10);
    }
  });
});

async function alarmsOfAlerts() {
  const composite = await resourcesOfType("prod", "aws_cloudwatch_composite_alarm");
  const metric = await resourcesOfType("prod", "aws_cloudwatch_metric_alarm");
  return [...composite, ...metric]
    .filter(({ stack }) => stack === "observability")
    .map(({ block }) => block as Readonly<Record<string, unknown>>);
}
