import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { CloudwatchLogGroup, LambdaFunction } from "../aws.ts";
import { LAMBDA_RUNTIME } from "../facts/versions.ts";
import type { Statement } from "../policy-document.ts";
import { Firewall } from "../security-group.ts";
import { ServiceRole } from "../service-role.ts";
import type { RegionBase } from "./region-stack-types.ts";

export interface ServiceFunctionSettings {
  readonly name: string;
  /** A folder with `index.mjs`, as the bundler writes it. */
  readonly bundle: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly statements: readonly Statement[];
  readonly memoryMib: number;
  readonly timeoutSeconds: number;
  /** Inside the network, for what needs a database or the internal door; outside it has the internet and no way in. */
  readonly inNetwork: boolean;
}

/** A Lambda function of ours: arm64, traced, its variables and its logs under our key. */
export class ServiceFunction extends Construct {
  readonly function: LambdaFunction;
  readonly firewall: Firewall | undefined;

  constructor(base: RegionBase, settings: ServiceFunctionSettings) {
    const { stack, network, dataKeyArn } = base;
    const { name, inNetwork } = settings;
    super(stack, `function-${name}`);
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: `/${stack.named(name)}`,
      retentionInDays: stack.environment.logDays,
      kmsKeyId: dataKeyArn,
    });
    const role = new ServiceRole(stack, `role-${name}`, {
      name: stack.namedHere(name),
      service: "lambda.amazonaws.com",
      statements: [
        ...settings.statements,
        { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
        { actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources: ["*"] },
        ...(inNetwork ? [NETWORK_INTERFACES] : []),
      ],
    });
    const code = new TerraformAsset(this, "code", { path: settings.bundle, type: AssetType.ARCHIVE });
    this.firewall = inNetwork
      ? new Firewall(stack, `function-${name}`, network.vpcId, `function ${name}`)
      : undefined;
    this.function = new LambdaFunction(this, "function", {
      functionName: stack.named(name),
      role: role.arn,
      runtime: LAMBDA_RUNTIME,
      architectures: ["arm64"],
      handler: "index.handler",
      filename: code.path,
      sourceCodeHash: code.assetHash,
      memorySize: settings.memoryMib,
      timeout: settings.timeoutSeconds,
      // Node's own list of authorities lacks those of Amazon's databases; the runtime brings them in a file.
      environment: { variables: { ...settings.variables, NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" } },
      kmsKeyArn: dataKeyArn,
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON", logGroup: logs.name },
      ...(this.firewall === undefined
        ? {}
        : { vpcConfig: { subnetIds: [...network.taskSubnets], securityGroupIds: [this.firewall.id] } }),
    });
  }
}

/** What Lambda itself does with the function's role to reach into the network; EC2 names no resources for it. */
const NETWORK_INTERFACES: Statement = {
  actions: ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"],
  resources: ["*"],
};
