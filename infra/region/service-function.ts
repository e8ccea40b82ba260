import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { CloudwatchLogGroup, LambdaFunction } from "../aws.ts";
import { LAMBDA_RUNTIME } from "../facts/versions.ts";
import type { Statement } from "../policy-document.ts";
import { Firewall } from "../security-group.ts";
import { ServiceRole } from "../service-role.ts";
import type { RegionBase } from "./region-stack-types.ts";

/** Where a function is: a network is needed by those alone that reach into it. */
export type FunctionPlace = Pick<RegionBase, "stack" | "dataKeyArn"> & Partial<Pick<RegionBase, "network">>;

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
  readonly role: ServiceRole;
  /** Of its bundle: another one where anything in it is. */
  readonly codeHash: string;
  readonly firewall: Firewall | undefined;

  constructor(place: FunctionPlace, settings: ServiceFunctionSettings) {
    const { stack, dataKeyArn } = place;
    const { name } = settings;
    const network = settings.inNetwork ? place.network : undefined;
    if (settings.inNetwork && network === undefined) throw new Error(`${name} has no network to be in`);
    super(stack, `function-${name}`);
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: `/${stack.named(name)}`,
      retentionInDays: stack.environment.logDays,
      kmsKeyId: dataKeyArn,
    });
    this.role = new ServiceRole(stack, `role-${name}`, {
      name: stack.namedHere(name),
      service: "lambda.amazonaws.com",
      statements: [
        ...settings.statements,
        { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
        { actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources: ["*"] },
        ...(network === undefined ? [] : [NETWORK_INTERFACES]),
      ],
    });
    const code = new TerraformAsset(this, "code", { path: settings.bundle, type: AssetType.ARCHIVE });
    this.codeHash = code.assetHash;
    this.firewall =
      network === undefined
        ? undefined
        : new Firewall(stack, `function-${name}`, network.vpcId, `function ${name}`);
    this.function = new LambdaFunction(this, "function", {
      functionName: stack.named(name),
      role: this.role.arn,
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
      ...(network === undefined || this.firewall === undefined
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
