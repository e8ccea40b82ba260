import { expect } from "chai";
import { statementsOf } from "#infra/policy/iam-rules.ts";
import { TABLES, type TableName, tableNameOf } from "#shared/adapters/aws/dynamodb/tables.ts";
import { busTopology } from "#shared/adapters/aws/event-bus/bus-topology.ts";
import { linkQueueName } from "#shared/config/aws/link-queues.ts";
import { arn, resourceName, streamArn } from "#shared/config/aws/names.ts";
import { COMMAND_STREAM, STREAMS } from "#shared/config/aws/streams.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import { platformOf, resourcesOfType, stacksOf } from "./platforms.ts";

const BUS = busTopology("meridian-prod");
/** Of the one group of shards that prod has. */
const LINK = linkQueueName(
  "prod",
  defaultDefinitions().shards.map(({ id }) => id),
);
const PROD = { environment: "prod", accountId: "111122223333" };

describe("what services name", function () {
  this.timeout(120_000);

  async function namesIn(type: string, field: string, stack?: string): Promise<string[]> {
    return (await resourcesOfType("prod", type))
      .filter((one) => stack === undefined || one.stack === stack)
      .map(({ block }) => String(block[field]));
  }

  it("exists in each Region: streams, topics, queues and their dead-letter queues, tables of one Region", async () => {
    for (const { name: region } of (await platformOf("prod")).environment.regions) {
      const stack = `region-${region}`;
      expect(await namesIn("aws_kinesis_stream", "name", stack)).to.have.members(
        STREAMS.map(({ name }) => resourceName("prod", name)),
      );
      expect(await namesIn("aws_sns_topic", "name", stack)).to.include.members(
        BUS.topics.map(({ name }) => name),
      );
      expect(await namesIn("aws_sqs_queue", "name", stack)).to.have.members([
        ...BUS.queues.flatMap(({ name, deadName }) => [name, deadName]),
        LINK,
      ]);
      expect(await namesIn("aws_dynamodb_table", "name", stack)).to.have.members(tableNames("region"));
    }
  });

  it("exists once for all Regions, with a replica in each other: the global tables", async () => {
    const tables = (await resourcesOfType("prod", "aws_dynamodb_table")).filter(
      ({ stack }) => stack === "foundation",
    );
    expect(tables.map(({ block }) => block.name)).to.have.members(tableNames("global"));
    const replicas = (await resourcesOfType("prod", "aws_dynamodb_table_replica")).map(
      ({ block }) => `${block.global_table_arn} by ${block.provider}`,
    );
    expect(replicas).to.have.members(
      tables.flatMap(({ name }) =>
        ["eu_west_1", "ap_northeast_1"].map((alias) => `\${aws_dynamodb_table.${name}.arn} by aws.${alias}`),
      ),
    );
  });

  it("has no table whose key AWS would not know: every index is over declared attributes", async () => {
    for (const { block } of await resourcesOfType("prod", "aws_dynamodb_table")) {
      const declared = (block.attribute as { name: string }[]).map(({ name }) => name);
      const indexes = (block.global_secondary_index ?? []) as { hash_key: string; range_key: string }[];
      for (const index of indexes) expect(declared).to.include.members([index.hash_key, index.range_key]);
    }
  });

  it("is permitted to those who use it, in this Region and the others", async () => {
    const regions = (await platformOf("prod")).environment.regions.map(({ name }) => name);
    for (const region of regions) {
      const logs = regions.map((one) => streamArn(PROD, one, COMMAND_STREAM.name));
      const acceptors = regions.map(
        (one) => `arn:aws:dynamodb:${one}:111122223333:table/${tableNameOf("meridian-prod", "acceptor")}`,
      );
      const topics = BUS.topics.map(({ name }) => arn("sns", region, PROD.accountId, name));
      await expectMay(region, "gateway", "kinesis:PutRecord", logs);
      await expectMay(
        region,
        "matching-all-a",
        "kinesis:SubscribeToShard",
        logs.map((log) => `${log}/consumer/${region}-a:1`),
      );
      await expectMay(region, "matching-all-b", "dynamodb:PutItem", acceptors);
      await expectMay(region, "matching-all-a", "sns:Publish", topics);
      for (const { consumer, name } of BUS.queues)
        await expectMay(region, consumer, "sqs:DeleteMessage", [arn("sqs", region, PROD.accountId, name)]);
    }
  });

  it("links the Regions: each slot asks the others' queues and reads its own, and reads where their logs stand", async () => {
    const regions = (await platformOf("prod")).environment.regions.map(({ name }) => name);
    const queueOf = (region: string) => arn("sqs", region, PROD.accountId, LINK);
    for (const region of regions) {
      const others = regions.filter((one) => one !== region);
      const marks = others.map((one) =>
        arn("dynamodb", one, PROD.accountId, `table/${tableNameOf("meridian-prod", "marks")}`),
      );
      for (const slot of ["a", "b"]) {
        await expectMay(region, `matching-all-${slot}`, "sqs:SendMessage", others.map(queueOf));
        await expectMay(region, `matching-all-${slot}`, "sqs:ReceiveMessage", [queueOf(region)]);
        await expectMay(region, `matching-all-${slot}`, "dynamodb:Query", marks);
      }
      for (const mark of marks)
        expect(await may(region, "matching-all-a", "dynamodb:PutItem", mark)).to.equal(false);
      for (const [service, action, resource] of [
        ["matching-all-a", "sqs:ReceiveMessage", queueOf(others[0] ?? "")],
        ["matching-all-a", "sqs:SendMessage", queueOf(region)],
        ["gateway", "sqs:SendMessage", queueOf(others[0] ?? "")],
        ["projector", "sqs:ReceiveMessage", queueOf(region)],
      ] as const)
        expect(await may(region, service, action, resource), `${service}: ${action}`).to.equal(false);
    }
  });

  it("refuses everybody but matching tasks at the link's queues, and has no such queue where there is one Region", async () => {
    const policies = (await resourcesOfType("prod", "aws_sqs_queue_policy"))
      .map(({ block }) => String(block.policy))
      .filter((text) => text.includes(LINK));
    expect(policies).to.have.length(3);
    for (const text of policies)
      expect(JSON.parse(text).Statement).to.deep.include({
        Effect: "Deny",
        Action: ["sqs:ReceiveMessage", "sqs:SendMessage"],
        Resource: [/"(arn:aws:sqs:[^"]+)"/.exec(text)?.[1]],
        Principal: { AWS: ["*"] },
        Condition: {
          ArnNotLike: { "aws:PrincipalArn": ["arn:aws:iam::111122223333:role/meridian-prod-matching-*"] },
        },
      });
    const queues = (await resourcesOfType("dev", "aws_sqs_queue")).map(({ block }) => String(block.name));
    expect(queues.filter((name) => name.includes("-link-"))).to.deep.equal([]);
  });

  it("is written by somebody: every table", async () => {
    const services = [
      "gateway",
      "matching-all-a",
      "reconciliation",
      "projector",
      "notifier",
      "serverless-door",
    ];
    for (const name of [...tableNames("region"), ...tableNames("global")]) {
      const table = arn("dynamodb", "eu-west-1", PROD.accountId, `table/${name}`);
      const writers = await Promise.all(
        services.map((one) => may("eu-west-1", one, "dynamodb:PutItem", table)),
      );
      expect(writers, name).to.include(true);
    }
  });

  it("lets a gateway's operators look at every queue and bring dead letters back, and take nothing that is not dead", async () => {
    for (const { name, deadName } of BUS.queues) {
      const [queue, dead] = [name, deadName].map((one) => arn("sqs", "eu-west-1", PROD.accountId, one));
      for (const action of ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"])
        await expectMay("eu-west-1", "gateway", action, [queue ?? "", dead ?? ""]);
      await expectMay("eu-west-1", "gateway", "sqs:SendMessage", [queue ?? ""]);
      for (const action of ["sqs:ReceiveMessage", "sqs:DeleteMessage"]) {
        await expectMay("eu-west-1", "gateway", action, [dead ?? ""]);
        expect(await may("eu-west-1", "gateway", action, queue ?? ""), `${action} ${queue}`).to.equal(false);
      }
    }
  });

  it("lets gateways ask other tasks by the Region's memory, and one task alone look through tables that it makes anew", async () => {
    const table = (name: TableName) =>
      arn("dynamodb", "eu-west-1", PROD.accountId, `table/${tableNameOf("meridian-prod", name)}`);
    for (const service of ["gateway", "matching-all-a", "matching-all-b", "reconciliation"])
      for (const action of ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"])
        await expectMay("eu-west-1", service, action, [table("memory")]);
    const rows = [table("orders"), table("trades"), table("candles")];
    for (const action of ["dynamodb:Scan", "dynamodb:PutItem", "dynamodb:DeleteItem"])
      await expectMay("eu-west-1", "reconciliation", action, rows);
    for (const service of ["gateway", "projector", "matching-all-a"])
      for (const row of rows)
        expect(await may("eu-west-1", service, "dynamodb:Scan", row), service).to.equal(false);
  });

  it("is permitted to nobody else: a projector cannot append to a log, a gateway can neither read one nor publish outcomes", async () => {
    expect(
      await may(
        "us-east-1",
        "projector",
        "kinesis:PutRecord",
        streamArn(PROD, "us-east-1", COMMAND_STREAM.name),
      ),
    ).to.equal(false);
    expect(
      await may(
        "us-east-1",
        "gateway",
        "kinesis:GetRecords",
        streamArn(PROD, "us-east-1", COMMAND_STREAM.name),
      ),
    ).to.equal(false);
    expect(
      await may(
        "us-east-1",
        "gateway",
        "sns:Publish",
        arn("sns", "us-east-1", PROD.accountId, "meridian-prod-matched.fifo"),
      ),
    ).to.equal(false);
    expect(
      await may(
        "us-east-1",
        "reconciliation",
        "dynamodb:PutItem",
        "arn:aws:dynamodb:us-east-1:111122223333:table/meridian-prod-journal",
      ),
    ).to.equal(false);
  });

  async function expectMay(
    region: string,
    service: string,
    action: string,
    resources: readonly string[],
  ): Promise<void> {
    for (const resource of resources)
      expect(
        await may(region, service, action, resource),
        `${service} in ${region}: ${action} on ${resource}`,
      ).to.equal(true);
  }

  async function may(region: string, service: string, action: string, resource: string): Promise<boolean> {
    const stack = (await stacksOf("prod")).find(({ name }) => name === `region-${region}`);
    if (stack === undefined) throw new Error(region);
    return statementsOf(stack.json, ["aws_iam_role_policy"])
      .filter(({ where }) => where.startsWith(`aws_iam_role_policy.role-${service}_policy_`))
      .filter(({ statement }) => statement.Effect === "Allow" && statement.Action.includes(action))
      .some(({ statement }) => (statement.Resource ?? []).some((pattern) => matches(pattern, resource)));
  }
});

function tableNames(scope: "region" | "global"): string[] {
  return (Object.keys(TABLES) as TableName[])
    .filter((name) => TABLES[name].scope === scope)
    .map((name) => tableNameOf("meridian-prod", name));
}

/** IAM's `*` in a resource. */
function matches(pattern: string, resource: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(resource);
}
