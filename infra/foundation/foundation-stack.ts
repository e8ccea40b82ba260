import type { Construct } from "constructs";
import { RdsGlobalCluster, Route53Zone } from "../aws.ts";
import { dynamoTable, tablesOf } from "../dynamo-table.ts";
import type { Environment } from "../environments/environment.ts";
import { AURORA_ENGINE, AURORA_VERSION } from "../facts/versions.ts";
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

    for (const definition of tablesOf("global"))
      dynamoTable(this, this, { definition, keyArns: data.arns });

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
}
