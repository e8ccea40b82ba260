import { Construct } from "constructs";
import { MARKET_STREAM, ZONE_SLOTS, type ZoneSlot } from "#shared/config/aws/streams.ts";
import type { CloudwatchLogGroup } from "../aws.ts";
import type { MatchingGroup } from "../environments/environment.ts";
import { Firewall } from "../security-group.ts";
import { ecsService } from "./ecs-service.ts";
import { FANOUT_PORT, type Fanout } from "./fanout.ts";
import { isLinked } from "./link-queues.ts";
import { logReading } from "./log-reading.ts";
import {
  appendCommands,
  askAcceptors,
  dataKeys,
  followCommands,
  linkRegions,
  publishMarketFeed,
  publishOutcomes,
  readForeignMarks,
  writeTables,
} from "./permissions.ts";
import type { RegionBase } from "./region-stack-types.ts";
import type { SearchIndex } from "./search-index.ts";
import type { ServiceCluster } from "./service-cluster.ts";
import { ServiceTask } from "./service-task.ts";

export interface MatchingServiceSettings {
  readonly cluster: ServiceCluster;
  readonly fanout: Fanout;
  readonly search: SearchIndex | undefined;
}

/**
 * The fold of the Region: for each group of shards two tasks, slot a and slot b, each a service of its own in one subnet. ECS spreads a service's
 * tasks over zones as well as it can; two services in two zones cannot end up in one.
 */
export class MatchingService extends Construct {
  readonly firewall: Firewall;
  readonly serviceNames: readonly string[];

  constructor(base: RegionBase, settings: MatchingServiceSettings) {
    const { stack, network } = base;
    super(stack, "matching");
    this.firewall = new Firewall(stack, "matching", network.vpcId, "matching tasks");
    settings.fanout.firewall.admit(this.firewall, FANOUT_PORT, "outcomes to the fan-out");
    settings.search?.firewall.admit(this.firewall, 443, "log lines of matching");
    this.firewall.allowHttpsOut("AWS, and the logs, acceptors and queues of other Regions");

    const logs = settings.cluster.logGroup(base, "matching");
    this.serviceNames = stack.environment.matching.groups.flatMap((group) =>
      ZONE_SLOTS.map((slot) => {
        new MatchingTask(this, base, { ...settings, group, slot, logs, firewall: this.firewall });
        return stack.named(matchingName(group, slot));
      }),
    );
  }
}

export function matchingName(group: MatchingGroup, slot: ZoneSlot): string {
  return `matching-${group.name}-${slot}`;
}

interface MatchingTaskSettings extends MatchingServiceSettings {
  readonly group: MatchingGroup;
  readonly slot: ZoneSlot;
  readonly logs: CloudwatchLogGroup;
  readonly firewall: Firewall;
}

/** One group of shards in one zone slot. */
class MatchingTask extends Construct {
  constructor(scope: Construct, base: RegionBase, settings: MatchingTaskSettings) {
    const { group, slot, cluster, fanout, search, logs, firewall } = settings;
    const name = matchingName(group, slot);
    super(scope, name);
    const at = ZONE_SLOTS.indexOf(slot);
    const zone = base.settings.zones[at];
    const subnet = base.network.taskSubnets[at];
    if (zone === undefined || subnet === undefined) throw new Error(`slot ${slot} has no zone`);
    const task = new ServiceTask(base, {
      service: "matching",
      name,
      size: base.stack.environment.matching,
      variables: {
        MERIDIAN_FANOUT_URL: fanout.url,
        MERIDIAN_ZONE: zone,
        MERIDIAN_ZONE_SLOT: slot,
        MERIDIAN_SHARDS: group.shards.join(","),
        MERIDIAN_LOG_READING: logReading(base),
        MERIDIAN_MARKET_FEED: base.stack.environment.commandLog.marketShards > 0 ? "on" : "off",
      },
      secrets: { MERIDIAN_FANOUT_TOKEN: fanout.tokenSecretArn },
      statements: [
        ...followCommands(base),
        // The owner's ticks, takeovers and the end of an epoch are commands too.
        appendCommands(base),
        askAcceptors(base),
        ...readForeignMarks(base),
        ...linkRegions(base, group),
        writeTables(base, "journal", "copies", "snapshots", "memory", "marks", "reconciliations"),
        publishOutcomes(base),
        ...(base.stack.environment.commandLog.marketShards > 0
          ? [publishMarketFeed(base, MARKET_STREAM.name)]
          : []),
        dataKeys(base, "kinesis", "dynamodb", "sns", ...(isLinked(base.stack) ? ["sqs"] : [])),
      ],
      logs,
      searchHost: search?.host,
      searchArn: search?.arn,
    });
    ecsService(this, base, {
      name,
      cluster,
      task,
      tasks: 1,
      subnets: [subnet],
      firewall,
      // One task a slot, never two: a second would take the first one's stream consumer. The other slot publishes meanwhile.
      percentMin: 0,
      percentMax: 100,
      spot: base.stack.environment.spot,
    });
  }
}
