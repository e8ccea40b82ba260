import { Construct } from "constructs";
import {
  CloudwatchLogGroup,
  DefaultSecurityGroup,
  Eip,
  FlowLog,
  InternetGateway,
  NatGateway,
  Route,
  RouteTable,
  RouteTableAssociation,
  SecurityGroup,
  Subnet,
  Vpc,
  VpcEndpoint,
  VpcSecurityGroupIngressRule,
} from "../aws.ts";
import type { RegionSettings } from "../environments/environment.ts";
import { liveDoorOf } from "../environments/live-door.ts";
import { ServiceRole } from "../service-role.ts";
import type { MeridianStack } from "../stack.ts";

/**
 * The Region's network over three zones: `door` subnets hold the public load balancer and NAT alone, and are there only where one of them is; `task` subnets reach
 * out through NAT, `data` subnets reach nothing. Nothing has a public address but NAT and that balancer. What talks to another Region (foreign streams and the register)
 * talks to AWS's public endpoints through NAT, over AWS's backbone and TLS: no peering or transit gateway is needed for that.
 */
export class RegionNetwork extends Construct {
  readonly vpcId: string;
  readonly cidr: string;
  readonly doorSubnets: readonly string[];
  /** By zone, in the settings' order. */
  readonly taskSubnets: readonly string[];
  readonly dataSubnets: readonly string[];
  readonly taskSubnetArns: readonly string[];
  readonly taskRouteTables: readonly string[];

  constructor(stack: MeridianStack, settings: RegionSettings, logKeyArn: string) {
    super(stack, "network");
    const { network, logDays } = stack.environment;
    const { zones, cidr } = settings;
    const named = (what: string) => ({ Name: stack.named(what) });
    this.cidr = cidr;

    const vpc = new Vpc(this, "vpc", {
      cidrBlock: cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: named("vpc"),
    });
    this.vpcId = vpc.id;
    // The default group lets its members talk to each other. Nobody shall be in it, and if somebody is, it allows nothing.
    new DefaultSecurityGroup(this, "default-group", { vpcId: vpc.id, tags: named("unused") });
    const internet = new InternetGateway(this, "internet", { vpcId: vpc.id, tags: named("internet") });

    const subnets = (tier: string, firstBlock: number, inZones: readonly string[] = zones) =>
      inZones.map(
        (zone, at) =>
          new Subnet(this, `${tier}-${zone}`, {
            vpcId: vpc.id,
            availabilityZone: zone,
            cidrBlock: blockOf(cidr, firstBlock + at),
            mapPublicIpOnLaunch: false,
            tags: { ...named(`${tier}-${zone}`), Tier: tier },
          }),
      );
    const natZones = network.natGateways === "one" ? zones.slice(0, 1) : zones;
    const doors = subnets("door", 0, liveDoorOf(stack.environment) === "public" ? zones : natZones);
    const tasks = subnets("task", 4);
    const data = subnets("data", 8);
    this.doorSubnets = doors.map(({ id }) => id);
    this.taskSubnets = tasks.map(({ id }) => id);
    this.dataSubnets = data.map(({ id }) => id);
    this.taskSubnetArns = tasks.map(({ arn }) => arn);

    const doorRoutes = new RouteTable(this, "door-routes", { vpcId: vpc.id, tags: named("door") });
    new Route(this, "door-out", {
      routeTableId: doorRoutes.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: internet.id,
    });
    attach(this, "door", doors, () => doorRoutes.id);

    const gateways = doors.slice(0, natZones.length).map((subnet, at) => {
      const address = new Eip(this, `nat-address-${zones[at]}`, {
        domain: "vpc",
        tags: named(`nat-${zones[at]}`),
      });
      return new NatGateway(this, `nat-${zones[at]}`, {
        subnetId: subnet.id,
        allocationId: address.id,
        tags: named(`nat-${zones[at]}`),
        dependsOn: [internet],
      });
    });
    const taskTables = zones.map((zone, at) => {
      const table = new RouteTable(this, `task-routes-${zone}`, {
        vpcId: vpc.id,
        tags: named(`task-${zone}`),
      });
      const gateway = gateways[at] ?? gateways[0];
      if (gateway !== undefined)
        new Route(this, `task-out-${zone}`, {
          routeTableId: table.id,
          destinationCidrBlock: "0.0.0.0/0",
          natGatewayId: gateway.id,
        });
      return table;
    });
    attach(this, "task", tasks, (at) => taskTables[at]?.id ?? "");
    this.taskRouteTables = taskTables.map(({ id }) => id);
    const dataRoutes = new RouteTable(this, "data-routes", { vpcId: vpc.id, tags: named("data") });
    attach(this, "data", data, () => dataRoutes.id);

    this.addEndpoints(stack, [...taskTables.map(({ id }) => id), dataRoutes.id]);

    const flows = new CloudwatchLogGroup(this, "flows", {
      name: `/${stack.named("vpc-flows")}`,
      retentionInDays: logDays,
      kmsKeyId: logKeyArn,
    });
    const role = new ServiceRole(stack, "flow-log-role", {
      name: stack.namedHere("flow-logs"),
      service: "vpc-flow-logs.amazonaws.com",
      statements: [
        {
          actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          resources: [
            `arn:aws:logs:${stack.region}:${stack.accountId}:log-group:/${stack.named("vpc-flows")}:*`,
          ],
        },
      ],
    });
    new FlowLog(this, "flow-log", {
      vpcId: vpc.id,
      trafficType: "REJECT",
      logDestination: flows.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
    });
  }

  /** S3 and DynamoDB by free gateway endpoints; what is busy by interface endpoints, where they cost less than NAT's price per GB. */
  private addEndpoints(stack: MeridianStack, routeTables: readonly string[]): void {
    for (const service of ["s3", "dynamodb"])
      new VpcEndpoint(this, `endpoint-${service}`, {
        vpcId: this.vpcId,
        serviceName: `com.amazonaws.${stack.region}.${service}`,
        vpcEndpointType: "Gateway",
        routeTableIds: [...routeTables],
      });
    const services = stack.environment.network.interfaceEndpoints;
    if (services.length === 0) return;
    const group = new SecurityGroup(this, "endpoints", {
      name: stack.named("endpoints"),
      description: "interface endpoints of AWS services",
      vpcId: this.vpcId,
    });
    new VpcSecurityGroupIngressRule(this, "endpoints-from-vpc", {
      securityGroupId: group.id,
      cidrIpv4: this.cidr,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      description: "AWS calls from inside the network",
    });
    for (const service of services)
      new VpcEndpoint(this, `endpoint-${service.replaceAll(".", "-")}`, {
        vpcId: this.vpcId,
        serviceName: `com.amazonaws.${stack.region}.${service}`,
        vpcEndpointType: "Interface",
        subnetIds: [...this.taskSubnets],
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
      });
  }
}

/** The nth /20 of a /16. */
function blockOf(cidr: string, n: number): string {
  const [first, second] = cidr.split(".");
  return `${first}.${second}.${n * 16}.0/20`;
}

function attach(
  scope: Construct,
  tier: string,
  subnets: readonly Subnet[],
  tableOf: (at: number) => string,
): void {
  for (const [at, subnet] of subnets.entries())
    new RouteTableAssociation(scope, `${tier}-routes-in-${at}`, {
      subnetId: subnet.id,
      routeTableId: tableOf(at),
    });
}
