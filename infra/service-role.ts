import { Construct } from "constructs";
import { IamRole, IamRolePolicy } from "./aws.ts";
import { policy, type Statement, trustService } from "./policy-document.ts";
import type { MeridianStack } from "./stack.ts";

export interface ServiceRoleSettings {
  /** Unique in the account: it takes the Region's name too. */
  readonly name: string;
  /** As `ecs-tasks.amazonaws.com`. */
  readonly service: string;
  /** What it may do. A role with none may do nothing. */
  readonly statements: readonly Statement[];
}

/** A role of one service, with one policy that says all it may do. */
export class ServiceRole extends Construct {
  readonly role: IamRole;
  /** What acts with the role at once has to wait for it. */
  readonly policy: IamRolePolicy | undefined;

  constructor(stack: MeridianStack, id: string, { name, service, statements }: ServiceRoleSettings) {
    super(stack, id);
    this.role = new IamRole(this, "role", {
      name,
      assumeRolePolicy: trustService(service, stack.accountId),
      maxSessionDuration: 3600,
    });
    this.policy =
      statements.length === 0
        ? undefined
        : new IamRolePolicy(this, "policy", {
            name: "all",
            role: this.role.name,
            policy: policy(...statements),
          });
  }

  get arn(): string {
    return this.role.arn;
  }
}
