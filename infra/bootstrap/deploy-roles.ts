import { Construct } from "constructs";
import { IamRole, IamRolePolicy, IamRolePolicyAttachment } from "../aws.ts";
import { policy, type Statement } from "../policy-document.ts";
import type { MeridianStack } from "../stack.ts";

export interface DeployRolesSettings {
  readonly issuerArn: string;
  readonly stateBucketArn: string;
  readonly stateKeyArn: string;
}

/** Secrets whose values AWS takes in no write-only form: they are in the states, and whoever plans reads them. */
const SECRETS_OF_STATES = ["origin-token", "fanout-token"];

/**
 * The roles of GitHub's workflows, taken by OIDC, so that no long-lived key exists. `plan` compares the code with the states, from any branch; `drift` compares it with what
 * stands, from the main branch; `deploy` changes things, and only from a job of the environment that GitHub guards by approval; `images` pushes images of the main branch and of versions.
 */
export class DeployRoles extends Construct {
  constructor(stack: MeridianStack, { issuerArn, stateBucketArn, stateKeyArn }: DeployRolesSettings) {
    super(stack, "deploy-roles");
    const { repository } = stack.environment.owner;
    const trust = (...subjects: readonly string[]) =>
      policy({
        actions: ["sts:AssumeRoleWithWebIdentity"],
        resources: [],
        principals: { Federated: [issuerArn] },
        conditions: {
          StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
          StringLike: {
            "token.actions.githubusercontent.com:sub": subjects.map((one) => `repo:${repository}:${one}`),
          },
        },
      });
    const readStates: Statement[] = [
      { actions: ["s3:ListBucket"], resources: [stateBucketArn] },
      { actions: ["s3:GetObject"], resources: [`${stateBucketArn}/*`] },
      { actions: ["kms:Decrypt"], resources: [stateKeyArn] },
    ];

    for (const [name, subject, secrets] of [
      ["plan", "*", SECRETS_OF_STATES],
      // To see whether a secret's version still stands the provider reads it, value and all.
      ["drift", "ref:refs/heads/main", ["*"]],
    ] as const) {
      const role = new IamRole(this, name, { name: stack.named(name), assumeRolePolicy: trust(subject) });
      new IamRolePolicyAttachment(this, `${name}-reads`, {
        role: role.name,
        policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
      });
      new IamRolePolicy(this, `${name}-states`, {
        name: "states",
        role: role.name,
        policy: policy(...readStates, ...readSecretValues(stack, secrets)),
      });
    }

    const deploy = new IamRole(this, "deploy", {
      name: stack.named("deploy"),
      assumeRolePolicy: trust(`environment:${stack.environment.name}`),
      // An apply of three Regions takes longer than the hour that AWS gives unasked.
      maxSessionDuration: 3 * 3600,
    });
    // It makes roles, so it can give itself anything: a narrower list would promise what it does not keep. What guards it is who may
    // take it (one repository, one approved environment) and the permissions boundary that the organization may set on it.
    new IamRolePolicyAttachment(this, "deploy-administers", {
      role: deploy.name,
      policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    });

    const images = new IamRole(this, "images", {
      name: stack.named("images"),
      assumeRolePolicy: trust("ref:refs/heads/main", "ref:refs/tags/v*"),
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

/** What AWS's policy `ReadOnlyAccess` leaves out on purpose, and a plan needs: secrets' values, the key that opens them, and a draw for those that are yet to be made. */
function readSecretValues(stack: MeridianStack, secrets: readonly string[]): Statement[] {
  const regions = stack.environment.regions.map(({ name }) => name);
  return [
    { actions: ["secretsmanager:GetRandomPassword"], resources: ["*"] },
    {
      actions: ["secretsmanager:GetSecretValue"],
      resources: regions.flatMap((region) =>
        secrets.map(
          (name) => `arn:aws:secretsmanager:${region}:${stack.accountId}:secret:${stack.named(name)}-??????`,
        ),
      ),
    },
    {
      actions: ["kms:Decrypt"],
      resources: regions.map((region) => `arn:aws:kms:${region}:${stack.accountId}:key/*`),
      conditions: {
        StringEquals: { "kms:ViaService": regions.map((region) => `secretsmanager.${region}.amazonaws.com`) },
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": [`alias/${stack.named("data")}`] },
      },
    },
  ];
}
