import { Construct } from "constructs";
import { Firewall } from "../security-group.ts";
import { ecsService } from "./ecs-service.ts";
import { consumeQueue, dataKeys, findQueues, readTables, searchTables, writeTables } from "./permissions.ts";
import type { RegionBase } from "./region-stack-types.ts";
import type { SearchIndex } from "./search-index.ts";
import type { ServiceCluster } from "./service-cluster.ts";
import { ServiceTask } from "./service-task.ts";

/** Writes down what became of forks, and who is owed what; makes tables anew. One task: its state is in the tables, so a new one takes up where the old one was. */
export class ReconciliationService extends Construct {
  constructor(
    base: RegionBase,
    { cluster, search }: { readonly cluster: ServiceCluster; readonly search: SearchIndex | undefined },
  ) {
    const { stack, network } = base;
    super(stack, "reconciliation");
    const firewall = new Firewall(stack, "reconciliation", network.vpcId, "reconciliation tasks");
    search?.firewall.admit(firewall, 443, "log lines of reconciliation");
    firewall.allowHttpsOut("AWS");
    const task = new ServiceTask(base, {
      service: "reconciliation",
      name: "reconciliation",
      size: stack.environment.reconciliation,
      // Empty where there is none: what is not set at all would be a slip.
      variables: { MERIDIAN_SEARCH_HOST: search?.host ?? "" },
      secrets: {},
      statements: [
        readTables(base, "journal"),
        writeTables(base, "reconciliations", "memory"),
        // Made anew when an operator asks for it.
        writeTables(base, "orders", "trades", "candles", "steps"),
        searchTables(base, "orders", "trades", "candles"),
        consumeQueue(base, "reconciliation"),
        findQueues(base, "reconciliation"),
        dataKeys(base, "dynamodb", "sqs"),
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
