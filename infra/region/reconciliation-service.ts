import { Construct } from "constructs";
import { Firewall } from "../security-group.ts";
import { ecsService } from "./ecs-service.ts";
import { logReading } from "./log-reading.ts";
import {
  appendCommands,
  askAcceptors,
  consumeQueue,
  dataKeys,
  followCommands,
  followTable,
  publishOutcomes,
  readTables,
  writeTables,
} from "./permissions.ts";
import type { RegionBase } from "./region-stack-types.ts";
import type { SearchIndex } from "./search-index.ts";
import type { ServiceCluster } from "./service-cluster.ts";
import { ServiceTask } from "./service-task.ts";

/** Finds forks, replays them on the canonical log, compensates. One task: its state is in the logs, so a new one takes up where the old one was. */
export class ReconciliationService extends Construct {
  constructor(
    base: RegionBase,
    { cluster, search }: { readonly cluster: ServiceCluster; readonly search: SearchIndex | undefined },
  ) {
    const { stack, network } = base;
    super(stack, "reconciliation");
    const firewall = new Firewall(stack, "reconciliation", network.vpcId, "reconciliation tasks");
    search?.firewall.admit(firewall, 443, "log lines of reconciliation");
    firewall.allowHttpsOut("AWS, and the logs and acceptors of other Regions");
    const task = new ServiceTask(base, {
      service: "reconciliation",
      name: "reconciliation",
      size: stack.environment.reconciliation,
      variables: { MERIDIAN_LOG_READING: logReading(base) },
      secrets: {},
      statements: [
        ...followCommands(base, "reconciliation"),
        appendCommands(base),
        askAcceptors(base),
        readTables(base, "journal", "copies", "snapshots", "orders", "trades"),
        writeTables(base, "reconciliations", "memory", "marks"),
        followTable(base, "journal"),
        consumeQueue(base, "reconciliation"),
        publishOutcomes(base),
        dataKeys(base, "kinesis", "dynamodb", "sqs", "sns"),
      ],
      logs: cluster.logGroup(base, "reconciliation"),
      searchHost: search?.host,
      searchArn: search?.arn,
    });
    ecsService(this, base, {
      name: "reconciliation",
      cluster,
      task,
      tasks: 1,
      subnets: network.taskSubnets,
      firewall,
      percentMin: 0,
      percentMax: 100,
      spot: stack.environment.spot,
    });
  }
}
