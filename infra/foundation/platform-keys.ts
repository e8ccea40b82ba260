import { Construct } from "constructs";
import { KmsAlias, KmsKey, KmsReplicaKey } from "../aws.ts";
import type { RegionName } from "../facts/regions.ts";
import { policy, type Statement } from "../policy-document.ts";
import type { MeridianStack } from "../stack.ts";

/** What a key is for. `data` encrypts what is stored; `sealing` the secrets of API keys and webhooks, which fewer may read. */
export const KEY_PURPOSES = ["data", "sealing"] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** The name under which a key's ARN in a Region is handed over. */
export function keyArnOutput(purpose: KeyPurpose, region: RegionName): string {
  return `${purpose}_key_arn_${region.replaceAll("-", "_")}`;
}

/**
 * One multi-Region key a purpose: the same key in each Region, so what one Region sealed another can open, and a table's replica has a key
 * before it has data.
 */
export class PlatformKey extends Construct {
  readonly arns: ReadonlyMap<RegionName, string>;

  constructor(stack: MeridianStack, purpose: KeyPurpose) {
    super(stack, `${purpose}-key`);
    const { regions, deletionProtection } = stack.environment;
    const arns = new Map<RegionName, string>();
    const common = {
      description: `Meridian ${stack.environment.name}: ${purpose}`,
      deletionWindowInDays: deletionProtection ? 30 : 7,
    };
    const primary = new KmsKey(this, "primary", {
      ...common,
      multiRegion: regions.length > 1,
      enableKeyRotation: true,
      policy: keyPolicy(stack, purpose, stack.region),
      lifecycle: { preventDestroy: deletionProtection },
    });
    arns.set(stack.region, primary.arn);
    new KmsAlias(this, "alias", { name: `alias/${stack.named(purpose)}`, targetKeyId: primary.keyId });
    for (const { name } of regions) {
      if (name === stack.region) continue;
      const replica = new KmsReplicaKey(this, `replica-${name}`, {
        ...common,
        primaryKeyArn: primary.arn,
        policy: keyPolicy(stack, purpose, name),
        provider: stack.providerIn(name),
      });
      arns.set(name, replica.arn);
      new KmsAlias(this, `alias-${name}`, {
        name: `alias/${stack.named(purpose)}`,
        targetKeyId: replica.keyId,
        provider: stack.providerIn(name),
      });
    }
    this.arns = arns;
    for (const [region, arn] of arns) stack.handOver(keyArnOutput(purpose, region), arn);
  }

  arnIn(region: RegionName): string {
    const arn = this.arns.get(region);
    if (arn === undefined) throw new Error(`no key in ${region}`);
    return arn;
  }
}

/** In a key's policy `*` means this key. The account's own policies decide who else may use it. */
function keyPolicy(stack: MeridianStack, purpose: KeyPurpose, region: RegionName): string {
  const { accountId } = stack;
  const owner: Statement = {
    actions: ["kms:*"],
    resources: ["*"],
    principals: { AWS: [`arn:aws:iam::${accountId}:root`] },
  };
  if (purpose === "sealing") return policy(owner);
  const useKey = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];
  return policy(
    owner,
    {
      actions: useKey,
      resources: ["*"],
      principals: { Service: [`logs.${region}.amazonaws.com`] },
      conditions: {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${accountId}:log-group:*` },
      },
    },
    {
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: ["*"],
      principals: {
        Service: [
          "sns.amazonaws.com",
          "cloudwatch.amazonaws.com",
          "aps.amazonaws.com",
          "budgets.amazonaws.com",
        ],
      },
      conditions: { StringEquals: { "aws:SourceAccount": accountId } },
    },
    {
      // Fargate encrypts tasks' disks with it (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-create-storage-key.html).
      actions: ["kms:GenerateDataKeyWithoutPlaintext"],
      resources: ["*"],
      principals: { Service: ["fargate.amazonaws.com"] },
      conditions: {
        StringEquals: {
          "kms:EncryptionContext:aws:ecs:clusterAccount": accountId,
          "kms:EncryptionContext:aws:ecs:clusterName": stack.named("services"),
        },
      },
    },
    {
      actions: ["kms:CreateGrant"],
      resources: ["*"],
      principals: { Service: ["fargate.amazonaws.com"] },
      conditions: {
        StringEquals: {
          "kms:EncryptionContext:aws:ecs:clusterAccount": accountId,
          "kms:EncryptionContext:aws:ecs:clusterName": stack.named("services"),
        },
        "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt"] },
      },
    },
    {
      actions: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
      resources: ["*"],
      principals: {
        Service: ["cloudtrail.amazonaws.com", "cloudfront.amazonaws.com", "delivery.logs.amazonaws.com"],
      },
      conditions: { StringEquals: { "aws:SourceAccount": accountId } },
    },
  );
}
