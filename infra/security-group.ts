import { Construct } from "constructs";
import { SecurityGroup, VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule } from "./aws.ts";
import type { MeridianStack } from "./stack.ts";

/** A security group that starts with nothing allowed, in or out; every opening has a name that says why it is there. */
export class Firewall extends Construct {
  readonly id: string;

  constructor(stack: MeridianStack, name: string, vpcId: string, description: string) {
    super(stack, `firewall-${name}`);
    const group = new SecurityGroup(this, "group", {
      name: stack.named(name),
      description,
      vpcId,
      tags: { Name: stack.named(name) },
      lifecycle: { createBeforeDestroy: true },
    });
    this.id = group.id;
  }

  /** Lets members of another group in on one port, and lets them out to here. */
  admit(from: Firewall, port: number, description: string): void {
    const rule = { ipProtocol: "tcp", fromPort: port, toPort: port, description };
    new VpcSecurityGroupIngressRule(this, `from-${from.node.id}-${port}`, {
      securityGroupId: this.id,
      referencedSecurityGroupId: from.id,
      ...rule,
    });
    new VpcSecurityGroupEgressRule(from, `to-${this.node.id}-${port}`, {
      securityGroupId: from.id,
      referencedSecurityGroupId: this.id,
      ...rule,
    });
  }

  /** Lets one of AWS's managed lists of addresses in. */
  admitPrefixList(prefixListId: string, port: number, description: string): void {
    new VpcSecurityGroupIngressRule(this, `from-list-${port}`, {
      securityGroupId: this.id,
      prefixListId,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      description,
    });
  }

  /** Lets members call AWS and other HTTPS services outside; nothing comes in by that. */
  allowHttpsOut(description: string): void {
    new VpcSecurityGroupEgressRule(this, "https-out", {
      securityGroupId: this.id,
      cidrIpv4: "0.0.0.0/0",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      description,
    });
  }
}
