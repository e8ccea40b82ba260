import { Construct } from "constructs";
import {
  CloudwatchLogGroup,
  DataAwsSecretsmanagerSecretVersion,
  ElasticacheParameterGroup,
  ElasticacheReplicationGroup,
  ElasticacheSubnetGroup,
} from "../aws.ts";
import { CACHE_ENGINE, CACHE_FAMILY, CACHE_VERSION } from "../facts/versions.ts";
import { GeneratedSecret } from "../secret.ts";
import { Firewall } from "../security-group.ts";
import type { RegionBase } from "./region-stack-types.ts";

export const FANOUT_PORT = 6379;

/**
 * The fan-out between matching and the gateways of a Region, and snapshots for display: Valkey, one shard with copies in other zones, TLS and a
 * token. Nothing in it is worth keeping: feeds are repaired by seq, snapshots for recovery are in DynamoDB. So it has no backups.
 */
export class Fanout extends Construct {
  readonly firewall: Firewall;
  readonly url: string;
  readonly tokenSecretArn: string;

  constructor({ stack, network, dataKeyArn }: RegionBase) {
    super(stack, "fanout");
    const { nodeType, nodes } = stack.environment.fanout;
    this.firewall = new Firewall(stack, "fanout", network.vpcId, "Valkey of the fan-out");
    const token = new GeneratedSecret(stack, "fanout-token", {
      name: "fanout-token",
      what: "token of the fan-out",
      keyArn: dataKeyArn,
      length: 64,
    });
    this.tokenSecretArn = token.arn;
    // ElastiCache has no write-only argument for its token, so this one secret is in the state too: encrypted, readable by whoever plans and deploys.
    const drawn = new DataAwsSecretsmanagerSecretVersion(this, "token", {
      secretId: token.version.secretId,
      versionId: token.version.versionId,
    });
    const subnets = new ElasticacheSubnetGroup(this, "subnets", {
      name: stack.named("fanout"),
      subnetIds: [...network.dataSubnets],
    });
    const parameters = new ElasticacheParameterGroup(this, "parameters", {
      name: stack.named("fanout"),
      family: CACHE_FAMILY,
      parameter: [
        { name: "maxmemory-policy", value: "allkeys-lru" },
        // A subscriber that cannot keep up is cut off, and repairs its feeds by seq, before it takes the memory of all.
        { name: "client-output-buffer-limit-pubsub-hard-limit", value: "67108864" },
      ],
    });
    const slowLog = new CloudwatchLogGroup(this, "slow-log", {
      name: `/${stack.named("fanout-slow")}`,
      retentionInDays: stack.environment.logDays,
      kmsKeyId: dataKeyArn,
    });
    const group = new ElasticacheReplicationGroup(this, "group", {
      replicationGroupId: stack.named("fanout"),
      description: "fan-out of order status, trades and depth",
      engine: CACHE_ENGINE,
      engineVersion: CACHE_VERSION,
      nodeType,
      numCacheClusters: nodes,
      automaticFailoverEnabled: nodes > 1,
      multiAzEnabled: nodes > 1,
      port: FANOUT_PORT,
      parameterGroupName: parameters.name,
      subnetGroupName: subnets.name,
      securityGroupIds: [this.firewall.id],
      atRestEncryptionEnabled: "true",
      kmsKeyId: dataKeyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      authToken: drawn.secretString,
      authTokenUpdateStrategy: "ROTATE",
      autoMinorVersionUpgrade: "true",
      applyImmediately: !stack.environment.deletionProtection,
      snapshotRetentionLimit: 0,
      logDeliveryConfiguration: [
        {
          destination: slowLog.name,
          destinationType: "cloudwatch-logs",
          logFormat: "json",
          logType: "slow-log",
        },
      ],
      // An experiment that takes a zone's power away finds the group by this tag.
      tags: { Experiment: "fanout" },
    });
    this.url = `rediss://${group.primaryEndpointAddress}:${FANOUT_PORT}`;
  }
}
