import { Fn } from "cdktf";
import type { Construct } from "constructs";
import {
  AcmCertificate,
  DataAwsSecretsmanagerSecretVersion,
  PrometheusWorkspace,
  RdsGlobalCluster,
  Route53Record,
  Route53Zone,
} from "../aws.ts";
import { certificateSettings } from "../certificate.ts";
import { dynamoTable, tablesOf } from "../dynamo-table.ts";
import type { Environment } from "../environments/environment.ts";
import { AURORA_ENGINE, AURORA_VERSION } from "../facts/versions.ts";
import { GeneratedSecret } from "../secret.ts";
import { homeRegion, MeridianStack } from "../stack.ts";
import { PlatformKey } from "./platform-keys.ts";
import { ServiceImages } from "./service-images.ts";
import { UserPool } from "./user-pool.ts";

/** What the Regions share: keys, global tables, the ledger's global cluster, users, images, the zone of names. Applied first. */
export class FoundationStack extends MeridianStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "foundation", environment, homeRegion(environment));
    const data = new PlatformKey(this, "data");
    new PlatformKey(this, "sealing");

    for (const definition of tablesOf("global")) dynamoTable(this, this, { definition, keyArns: data.arns });

    const users = new UserPool(this);
    this.handOver("issuer", users.issuer);
    this.handOver("audience", users.clientId);

    new ServiceImages(this, data.arnIn(this.region));

    const zone = new Route53Zone(this, "zone", {
      name: environment.owner.domain,
      comment: `Meridian ${environment.name}`,
      forceDestroy: !environment.deletionProtection,
    });
    this.handOver("zone_id", zone.zoneId);
    // Whoever owns the parent domain delegates to these; until then no certificate becomes valid.
    this.handOver("name_servers", Fn.join(",", zone.nameServers));
    this.proveDomain(zone.zoneId);

    const metrics = new PrometheusWorkspace(this, "metrics", {
      alias: this.named("metrics"),
      kmsKeyArn: data.arnIn(this.region),
    });
    this.handOver("metrics_workspace_id", metrics.id);
    this.handOver("metrics_workspace_arn", metrics.arn);
    this.handOver("metrics_write_url", `${metrics.prometheusEndpoint}api/v1/remote_write`);

    this.handOver("origin_token", this.drawOriginToken(data.arnIn(this.region)), { isSecret: true });

    if (environment.regions.length > 1)
      new RdsGlobalCluster(this, "ledger", {
        globalClusterIdentifier: this.named("ledger"),
        engine: AURORA_ENGINE,
        engineVersion: AURORA_VERSION,
        databaseName: "ledger",
        storageEncrypted: true,
        deletionProtection: environment.deletionProtection,
        lifecycle: { preventDestroy: environment.deletionProtection },
      });
  }

  /** One record proves the domain for the certificates of all Regions: AWS asks for the same one in each of an account. */
  private proveDomain(zoneId: string): void {
    const certificate = new AcmCertificate(this, "certificate", certificateSettings(this.environment));
    const wanted = certificate.domainValidationOptions.get(0);
    new Route53Record(this, "certificate-proof", {
      zoneId,
      name: wanted.resourceRecordName,
      type: wanted.resourceRecordType,
      records: [wanted.resourceRecordValue],
      ttl: 300,
      allowOverwrite: true,
    });
  }

  /** CloudFront shows it to the origins, so that they answer nobody else's distribution. Headers have no write-only form: it is in the states. */
  private drawOriginToken(keyArn: string): string {
    const token = new GeneratedSecret(this, "origin-token", {
      name: "origin-token",
      what: "what CloudFront shows to the origins",
      keyArn,
      length: 48,
    });
    const drawn = new DataAwsSecretsmanagerSecretVersion(this, "origin-token-drawn", {
      secretId: token.version.secretId,
      versionId: token.version.versionId,
    });
    return drawn.secretString;
  }
}
