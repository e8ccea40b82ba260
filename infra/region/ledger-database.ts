import { Construct } from "constructs";
import {
  DbSubnetGroup,
  IamRolePolicyAttachment,
  RdsCluster,
  RdsClusterInstance,
  RdsClusterParameterGroup,
} from "../aws.ts";
import { AURORA_ENGINE, AURORA_FAMILY, AURORA_VERSION } from "../facts/versions.ts";
import { GeneratedSecret } from "../secret.ts";
import { Firewall } from "../security-group.ts";
import { ServiceRole } from "../service-role.ts";
import { isHome, type RegionBase } from "./region-stack-types.ts";

export const LEDGER_PORT = 5432;
/** Drawn in the home Region, copied to the others. */
export const LEDGER_SECRET = "ledger";
const LEDGER_USER = "ledger";

/**
 * The ledger's Aurora PostgreSQL cluster: writer in the home Region, followers elsewhere by the global cluster, which a person promotes when the
 * home Region is lost for good. A follower forwards writes to it, so each Region's ledger function talks to its own cluster. The ledger is written behind final events, so while it fails over its queue waits and nothing is lost.
 */
export class LedgerDatabase extends Construct {
  readonly firewall: Firewall;
  /** Takes writes in each Region: a follower forwards them to the writer. */
  readonly host: string;

  constructor(base: RegionBase) {
    const { stack, network, dataKeyArn, dataKeyArns } = base;
    super(stack, "ledger-database");
    const { environment } = stack;
    const isGlobal = environment.regions.length > 1;
    this.firewall = new Firewall(stack, "ledger-database", network.vpcId, "Aurora of the ledger");
    const secret = isHome(base)
      ? new GeneratedSecret(stack, "ledger-secret", {
          name: LEDGER_SECRET,
          what: "user and password of the ledger's database",
          keyArn: dataKeyArn,
          length: 40,
          user: LEDGER_USER,
          copies: new Map([...dataKeyArns].filter(([region]) => region !== stack.region)),
        })
      : undefined;

    const subnets = new DbSubnetGroup(this, "subnets", {
      name: stack.named("ledger"),
      subnetIds: [...network.dataSubnets],
    });
    const parameters = new RdsClusterParameterGroup(this, "parameters", {
      name: stack.named("ledger"),
      family: AURORA_FAMILY,
      parameter: [
        { name: "rds.force_ssl", value: "1" },
        { name: "log_min_duration_statement", value: "1000" },
        { name: "statement_timeout", value: "30000" },
        { name: "idle_in_transaction_session_timeout", value: "60000" },
      ],
    });
    const cluster = new RdsCluster(this, "cluster", {
      clusterIdentifier: stack.namedHere("ledger"),
      engine: AURORA_ENGINE,
      engineVersion: AURORA_VERSION,
      engineMode: "provisioned",
      ...(isGlobal ? { globalClusterIdentifier: stack.named("ledger") } : {}),
      // A follower has its writer's users; only the first cluster of a global one may name them. A password that Aurora manages itself is
      // not supported in a global cluster, so it is drawn here and written without being kept.
      ...(secret !== undefined
        ? {
            databaseName: "ledger",
            masterUsername: LEDGER_USER,
            masterPasswordWo: secret.value,
            masterPasswordWoVersion: 1,
          }
        : { enableGlobalWriteForwarding: true }),
      serverlessv2ScalingConfiguration: {
        minCapacity: environment.ledger.minAcu,
        maxCapacity: environment.ledger.maxAcu,
        ...(environment.ledger.minAcu === 0 ? { secondsUntilAutoPause: 3600 } : {}),
      },
      port: LEDGER_PORT,
      dbSubnetGroupName: subnets.name,
      dbClusterParameterGroupName: parameters.name,
      vpcSecurityGroupIds: [this.firewall.id],
      storageEncrypted: true,
      kmsKeyId: dataKeyArn,
      iamDatabaseAuthenticationEnabled: true,
      backupRetentionPeriod: environment.backupDays,
      preferredBackupWindow: "03:00-04:00",
      preferredMaintenanceWindow: "sun:04:30-sun:05:30",
      copyTagsToSnapshot: true,
      deletionProtection: environment.deletionProtection,
      skipFinalSnapshot: !environment.deletionProtection,
      ...(environment.deletionProtection ? { finalSnapshotIdentifier: stack.namedHere("ledger-last") } : {}),
      enabledCloudwatchLogsExports: ["postgresql"],
      applyImmediately: !environment.deletionProtection,
      lifecycle: {
        preventDestroy: environment.deletionProtection,
        // The first Region's writer may be another's after a failover; Terraform must not turn it back.
        ignoreChanges: ["global_cluster_identifier", "replication_source_identifier"],
      },
      tags: { Experiment: "ledger" },
    });
    this.host = secret === undefined ? cluster.readerEndpoint : cluster.endpoint;

    const monitoring = new ServiceRole(stack, "ledger-monitoring-role", {
      name: stack.namedHere("ledger-monitoring"),
      service: "monitoring.rds.amazonaws.com",
      statements: [],
    });
    new IamRolePolicyAttachment(this, "monitoring", {
      role: monitoring.role.name,
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
    });
    for (let at = 0; at < environment.ledger.instances; at += 1)
      new RdsClusterInstance(this, `instance-${at + 1}`, {
        identifier: `${stack.namedHere("ledger")}-${at + 1}`,
        clusterIdentifier: cluster.id,
        engine: AURORA_ENGINE,
        engineVersion: AURORA_VERSION,
        instanceClass: "db.serverless",
        promotionTier: at,
        dbSubnetGroupName: subnets.name,
        publiclyAccessible: false,
        caCertIdentifier: "rds-ca-rsa2048-g1",
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: dataKeyArn,
        monitoringInterval: 60,
        monitoringRoleArn: monitoring.arn,
        autoMinorVersionUpgrade: true,
      });
  }
}
