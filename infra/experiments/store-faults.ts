import { TABLES } from "#shared/adapters/aws/dynamodb/tables.ts";
import { tableArn } from "#shared/config/aws/names.ts";
import type { Experiment, ExperimentPlace } from "./experiment.ts";
import { throttleDocumentName } from "./throttle-document.ts";
import { interruptCache } from "./zone-loss.ts";

function deployment(stack: ExperimentPlace["stack"]) {
  return { environment: stack.environment.name, accountId: stack.accountId };
}

export const storeThrottle: Experiment = {
  name: "store-throttle",
  hypothesis:
    "Orders are accepted on; the journal and the tables lag; then admission control holds answers back and refuses new orders, never cancels. Afterwards the lag drains and nothing is missing.",
  targets: ({ stack, region }) => ({
    ...(stack.environment.regions.length > 1
      ? {
          journal: {
            resourceType: "aws:dynamodb:global-table",
            arns: [tableArn(deployment(stack), region.name, TABLES.journal.name)],
          },
        }
      : {}),
  }),
  actions: ({ stack, region }) => ({
    throttle: {
      actionId: "aws:ssm:start-automation-execution",
      parameters: {
        documentArn: `arn:aws:ssm:${region.name}:${stack.accountId}:document/${throttleDocumentName(stack)}`,
        documentParameters: JSON.stringify({ TableName: stack.named(TABLES.journal.name), Minutes: "8" }),
        maxDuration: "PT15M",
      },
    },
    ...(stack.environment.regions.length > 1
      ? {
          replication: {
            actionId: "aws:dynamodb:global-table-pause-replication",
            on: { Tables: "journal" },
            parameters: { duration: "PT8M" },
          },
        }
      : {}),
  }),
  expects: () => [
    { alarms: ["journal-throttled", "OrdersRefused"], state: "ALARM", afterMinutes: 7 },
    { alarms: ["acceptor-throttled"], state: "OK", afterMinutes: 7 },
  ],
  policies: ["SSM"],
  statements: (stack) => [
    {
      actions: ["dynamodb:DescribeTable", "dynamodb:UpdateTable"],
      resources: stack.environment.regions.map(({ name }) =>
        tableArn(deployment(stack), name, TABLES.journal.name),
      ),
    },
    {
      actions: [
        "dynamodb:DeleteResourcePolicy",
        "dynamodb:DescribeTable",
        "dynamodb:GetResourcePolicy",
        "dynamodb:InjectError",
        "dynamodb:PutResourcePolicy",
      ],
      resources: stack.environment.regions.map(({ name }) =>
        tableArn(deployment(stack), name, TABLES.journal.name),
      ),
    },
  ],
};

export const fanoutLoss: Experiment = {
  name: "fanout-loss",
  hypothesis:
    "A copy in another zone takes over; gateways and matching connect again; every socket repairs its feeds by seq, and none is closed.",
  targets: ({ region }) => ({
    cache: {
      resourceType: "aws:elasticache:replicationgroup",
      tags: { Experiment: "fanout" },
      parameters: { availabilityZoneIdentifier: region.zones[0] },
    },
  }),
  actions: () => ({
    power: {
      actionId: "aws:elasticache:replicationgroup-interrupt-az-power",
      on: { ReplicationGroups: "cache" },
      parameters: { duration: "PT5M" },
    },
  }),
  expects: () => [{ alarms: ["gateway-none-healthy", "ProcessDown"], state: "OK", afterMinutes: 4 }],
  policies: [],
  statements: (stack) => [interruptCache(stack)],
};

export const ledgerFailover: Experiment = {
  name: "ledger-failover",
  hypothesis:
    "The ledger function's batches fail and come again; its queue is a minute late; each entry is written once, and sums stay zero.",
  targets: () => ({
    ledger: { resourceType: "aws:rds:cluster", tags: { Experiment: "ledger" } },
  }),
  actions: () => ({
    failover: { actionId: "aws:rds:failover-db-cluster", on: { Clusters: "ledger" }, parameters: {} },
  }),
  expects: () => [{ alarms: ["ledger-late", "ledger-dead-letters"], state: "OK", afterMinutes: 10 }],
  policies: ["RDS"],
};
