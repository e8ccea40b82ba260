import { Construct } from "constructs";
import { OpensearchDomain } from "../aws.ts";
import { SEARCH_VERSION } from "../facts/versions.ts";
import { policy } from "../policy-document.ts";
import { Firewall } from "../security-group.ts";
import type { RegionBase } from "./region-stack-types.ts";

/** Where the logs of the Region's services are searched: OpenSearch over three zones, inside the network, written by the log routers. */
export class SearchIndex extends Construct {
  readonly firewall: Firewall;
  readonly host: string;
  readonly arn: string;

  constructor(
    { stack, network, dataKeyArn }: RegionBase,
    search: NonNullable<RegionBase["stack"]["environment"]["search"]>,
  ) {
    super(stack, "search");
    this.firewall = new Firewall(stack, "search", network.vpcId, "OpenSearch of the logs");
    this.arn = `arn:aws:es:${stack.region}:${stack.accountId}:domain/${stack.named("logs")}`;
    const domain = new OpensearchDomain(this, "domain", {
      domainName: stack.named("logs"),
      engineVersion: SEARCH_VERSION,
      clusterConfig: {
        instanceType: search.instanceType,
        instanceCount: search.nodes,
        zoneAwarenessEnabled: true,
        zoneAwarenessConfig: { availabilityZoneCount: 3 },
      },
      ebsOptions: { ebsEnabled: true, volumeType: "gp3", volumeSize: search.diskGib },
      vpcOptions: { subnetIds: [...network.dataSubnets], securityGroupIds: [this.firewall.id] },
      encryptAtRest: { enabled: true, kmsKeyId: dataKeyArn },
      nodeToNodeEncryption: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
      // Who may, is said by roles: those of the log routers may write, an operator's role reads.
      accessPolicies: policy({
        actions: ["es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut"],
        resources: [`${this.arn}/*`],
        principals: { AWS: [`arn:aws:iam::${stack.accountId}:root`] },
      }),
      autoTuneOptions: { desiredState: search.instanceType.startsWith("t3.") ? "DISABLED" : "ENABLED" },
    });
    this.host = domain.endpoint;
  }
}
