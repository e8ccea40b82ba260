import type { Construct } from "constructs";
import type { Bundles } from "../bundles/bundles.ts";
import { Certificate } from "../certificate.ts";
import type { Environment, RegionSettings } from "../environments/environment.ts";
import { liveDoorOf } from "../environments/live-door.ts";
import type { FoundationStack } from "../foundation/foundation-stack.ts";
import { keyArnOutput } from "../foundation/platform-keys.ts";
import { MeridianStack } from "../stack.ts";
import { AccessLogs } from "./access-logs.ts";
import { CommandStream, MarketFeedStream } from "./command-stream.ts";
import { Fanout } from "./fanout.ts";
import { InternalDoor, PublicDoor } from "./gateway-doors.ts";
import { GatewayService } from "./gateway-service.ts";
import { HttpDoor } from "./http-door.ts";
import { LedgerDatabase } from "./ledger-database.ts";
import { isLinked, LinkQueues } from "./link-queues.ts";
import { MailSender } from "./mail-sender.ts";
import { MatchingService } from "./matching-service.ts";
import { RegionNetwork } from "./network.ts";
import { OutcomeFunctions } from "./outcome-functions.ts";
import { OutcomeTopics } from "./outcome-topics.ts";
import { ReconciliationService } from "./reconciliation-service.ts";
import { RegionAlarms } from "./region-alarms.ts";
import type { RegionBase } from "./region-stack-types.ts";
import { RegionTables, RegisterTable } from "./region-tables.ts";
import { SearchIndex } from "./search-index.ts";
import { ServerlessDoor } from "./serverless-door.ts";
import { ServiceCluster } from "./service-cluster.ts";

export interface RegionStackSettings {
  readonly settings: RegionSettings;
  readonly foundation: FoundationStack;
  readonly bundles: Bundles;
}

/** Everything that a Region has for itself. One stack a Region, so that a bad change stops at one. */
export class RegionStack extends MeridianStack {
  readonly network: RegionNetwork;

  constructor(
    scope: Construct,
    environment: Environment,
    { settings, foundation, bundles }: RegionStackSettings,
  ) {
    super(scope, `region-${settings.name}`, environment, settings.name);
    const base = this.base(settings, foundation);
    const { dataKeyArn } = base;
    this.network = base.network;
    const issuer = this.take(foundation, "issuer");
    const audience = this.take(foundation, "audience");

    new RegisterTable(this, dataKeyArn);
    const tables = new RegionTables(this, dataKeyArn);
    new CommandStream(this, dataKeyArn);
    if (environment.commandLog.marketShards > 0) new MarketFeedStream(this, dataKeyArn);
    new OutcomeTopics(this, dataKeyArn);
    if (isLinked(this)) new LinkQueues(this, dataKeyArn);
    const fanout = new Fanout(base);
    const ledger = new LedgerDatabase(base);
    const search = environment.search === undefined ? undefined : new SearchIndex(base, environment.search);

    const { arn: certificateArn } = new Certificate(this);
    const doors = {
      certificateArn,
      originToken: this.take(foundation, "origin_token"),
      zoneId: this.take(foundation, "zone_id"),
      logs: new AccessLogs(this),
    };
    const internalDoor = new InternalDoor(base, doors);
    const publicDoor = liveDoorOf(environment) === "public" ? new PublicDoor(base, doors) : undefined;
    const liveDoor = publicDoor ?? internalDoor;

    const cluster = new ServiceCluster(base);
    new GatewayService(base, {
      cluster,
      doors: publicDoor === undefined ? [internalDoor] : [publicDoor, internalDoor],
      liveDoor,
      fanout,
      ledger,
      search,
      issuer,
      audience,
    });
    new MatchingService(base, { cluster, fanout, search });
    new ReconciliationService(base, { cluster, search });

    const httpDoor = new HttpDoor(base, { internalDoor, issuer, audience, certificateArn });
    const serverlessDoor = new ServerlessDoor(base, {
      bundle: bundles["serverless-door"],
      internalDoor,
      issuer,
      audience,
      certificateArn,
    });
    new OutcomeFunctions(base, {
      bundles,
      ledger,
      door: serverlessDoor,
      noticesStreamArn: tables.noticesStreamArn,
    });
    new MailSender(this, doors.zoneId);
    new RegionAlarms(base, liveDoor);

    // What the edge needs to know: public names for Route 53, or which balancer CloudFront is to find inside.
    const outputs: Readonly<Record<string, string>> = {
      ...(publicDoor === undefined
        ? { live_door_arn: liveDoor.arn }
        : { public_door_name: publicDoor.dnsName, public_door_zone: publicDoor.dnsZoneId }),
      http_door_name: httpDoor.dnsName,
      http_door_zone: httpDoor.dnsZoneId,
      serverless_door_name: serverlessDoor.dnsName,
      serverless_door_zone: serverlessDoor.dnsZoneId,
    };
    for (const [name, value] of Object.entries(outputs)) this.handOver(name, value);
  }

  private base(settings: RegionSettings, foundation: FoundationStack): RegionBase {
    const dataKeyArns = new Map(
      this.environment.regions.map(
        ({ name }) => [name, this.take(foundation, keyArnOutput("data", name))] as const,
      ),
    );
    const dataKeyArn = this.take(foundation, keyArnOutput("data", settings.name));
    return {
      stack: this,
      settings,
      network: new RegionNetwork(this, settings, dataKeyArn),
      dataKeyArn,
      dataKeyArns,
      metrics: {
        workspaceArn: this.take(foundation, "metrics_workspace_arn"),
        writeUrl: this.take(foundation, "metrics_write_url"),
      },
      sealingKeyArn: this.take(foundation, keyArnOutput("sealing", settings.name)),
    };
  }
}
