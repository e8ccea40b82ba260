import { Construct } from "constructs";
import { IamRole, IamRolePolicy, IamRolePolicyAttachment } from "../aws.ts";
import { policy, type Statement } from "../policy-document.ts";
import type { MeridianStack } from "../stack.ts";

export interface DeployRolesSettings {
  readonly issuerArn: string;
  readonly stateBucketArn: string;
  readonly stateKeyArn: string;
}

/**
 * The roles of GitHub's workflows, taken by OIDC, so that no long-lived key exists. `plan` reads, from any branch; `deploy` changes things,
 * and only from a job of the environment that GitHub guards by approval; `images` pushes images from the main branch.
 */
export class DeployRoles extends Construct {
  constructor(stack: MeridianStack, { issuerArn, stateBucketArn, stateKeyArn }: DeployRolesSettings) {
    super(stack, "deploy-roles");
    const { repository } = stack.environment.owner;
    const trust = (subject: string) =>
      policy({
        actions: ["sts:AssumeRoleWithWebIdentity"],
        resources: [],
        principals: { Federated: [issuerArn] },
        conditions: {
          StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
          StringLike: { "token.actions.githubusercontent.com:sub": `repo:${repository}:${subject}` },
        },
      });
    const readStates: Statement[] = [
      { actions: ["s3:ListBucket"], resources: [stateBucketArn] },
      { actions: ["s3:GetObject"], resources: [`${stateBucketArn}/*`] },
      { actions: ["kms:Decrypt"], resources: [stateKeyArn] },
    ];

    const plan = new IamRole(this, "plan", {
      name: stack.named("plan"),
      assumeRolePolicy: trust("*"),
    });
    new IamRolePolicyAttachment(this, "plan-reads", {
      role: plan.name,
      policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
    });
    new IamRolePolicy(this, "plan-states", {
      name: "states",
      role: plan.name,
      policy: policy(...readStates),
    });

    const deploy = new IamRole(this, "deploy", {
      name: stack.named("deploy"),
      assumeRolePolicy: trust(`environment:${stack.environment.name}`),
    });
    // It makes roles, so it can give itself anything: a narrower list would promise what it does not keep. What guards it is who may
    // take it (one repository, one approved environment) and the permissions boundary that the organization may set on it.
    new IamRolePolicyAttachment(this, "deploy-administers", {
      role: deploy.name,
      policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    });

    const images = new IamRole(this, "images", {
      name: stack.named("images"),
      assumeRolePolicy: trust("ref:refs/heads/main"),
    });
    new IamRolePolicy(this, "images-push", {
      name: "push",
      role: images.name,
      policy: policy(
        { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
        {
          actions: [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:CompleteLayerUpload",
            "ecr:DescribeImages",
            "ecr:GetDownloadUrlForLayer",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
          ],
          resources: [`arn:aws:ecr:${stack.region}:${stack.accountId}:repository/${stack.named("services")}`],
        },
      ),
    });
  }
}
