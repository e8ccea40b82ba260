import type { Construct } from "constructs";
import {
  IamOpenidConnectProvider,
  KmsAlias,
  KmsKey,
  S3Bucket,
  S3BucketLifecycleConfiguration,
  S3BucketPolicy,
  S3BucketPublicAccessBlock,
  S3BucketServerSideEncryptionConfigurationA,
  S3BucketVersioningA,
} from "../aws.ts";
import type { Environment } from "../environments/environment.ts";
import { policy } from "../policy-document.ts";
import { homeRegion, MeridianStack, stateBucket } from "../stack.ts";
import { DeployRoles } from "./deploy-roles.ts";

/**
 * What must be there before anything else: the bucket of all other stacks' states, and the roles with which workflows plan and apply.
 * A person applies it once by hand with `npm run infra -- bootstrap`'s steps; its own state moves into the bucket afterwards.
 */
export class BootstrapStack extends MeridianStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, "bootstrap", environment, homeRegion(environment));
    const key = new KmsKey(this, "state-key", {
      description: "encrypts the Terraform states",
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: policy({
        actions: ["kms:*"],
        resources: ["*"],
        principals: { AWS: [`arn:aws:iam::${this.accountId}:root`] },
      }),
    });
    new KmsAlias(this, "state-key-alias", {
      name: `alias/${this.named("state")}`,
      targetKeyId: key.keyId,
    });
    const bucket = new S3Bucket(this, "state", {
      bucket: stateBucket(environment),
      lifecycle: { preventDestroy: environment.deletionProtection },
    });
    new S3BucketVersioningA(this, "state-versions", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "state-encryption", {
      bucket: bucket.id,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
          bucketKeyEnabled: true,
        },
      ],
    });
    new S3BucketPublicAccessBlock(this, "state-private", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketLifecycleConfiguration(this, "state-lifecycle", {
      bucket: bucket.id,
      rule: [
        {
          id: "old-states",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: 90 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
    });
    new S3BucketPolicy(this, "state-tls", {
      bucket: bucket.id,
      policy: policy({
        effect: "Deny",
        actions: ["s3:*"],
        resources: [bucket.arn, `${bucket.arn}/*`],
        principals: { AWS: ["*"] },
        conditions: { Bool: { "aws:SecureTransport": "false" } },
      }),
    });
    const github = new IamOpenidConnectProvider(this, "github", {
      url: "https://token.actions.githubusercontent.com",
      clientIdList: ["sts.amazonaws.com"],
    });
    new DeployRoles(this, { issuerArn: github.arn, stateBucketArn: bucket.arn, stateKeyArn: key.arn });
  }
}
