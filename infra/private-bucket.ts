import { Construct } from "constructs";
import {
  S3Bucket,
  S3BucketLifecycleConfiguration,
  S3BucketPolicy,
  S3BucketPublicAccessBlock,
  S3BucketServerSideEncryptionConfigurationA,
  S3BucketVersioningA,
} from "./aws.ts";
import { policy, type Statement } from "./policy-document.ts";
import type { MeridianStack } from "./stack.ts";

export interface PrivateBucketSettings {
  /** Without the account's id, which is appended: bucket names are the whole world's. */
  readonly name: string;
  /** Undefined where the writer can only use S3's own key. */
  readonly keyArn: string | undefined;
  readonly expireDays?: number;
  /** For how long what was overwritten stays. */
  readonly oldDays?: number;
  readonly preventDestroy?: boolean;
  /** Beside the one that refuses what is not TLS. */
  readonly statements?: (bucketArn: string) => readonly Statement[];
}

/** A bucket that is never public, always encrypted, versioned, and speaks TLS only. */
export class PrivateBucket extends Construct {
  readonly bucket: S3Bucket;
  readonly policy: S3BucketPolicy;

  constructor(stack: MeridianStack, id: string, settings: PrivateBucketSettings) {
    const { name, keyArn, expireDays, oldDays = 30, preventDestroy = false, statements } = settings;
    super(stack, id);
    const bucket = new S3Bucket(this, "bucket", {
      bucket: `${stack.named(name)}-${stack.accountId}`,
      forceDestroy: !stack.environment.deletionProtection,
      lifecycle: { preventDestroy },
    });
    this.bucket = bucket;
    new S3BucketVersioningA(this, "versions", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: bucket.id,
      rule: [
        {
          applyServerSideEncryptionByDefault:
            keyArn === undefined
              ? { sseAlgorithm: "AES256" }
              : { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
          bucketKeyEnabled: keyArn !== undefined,
        },
      ],
    });
    const isPrivate = new S3BucketPublicAccessBlock(this, "private", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.id,
      rule: [
        {
          id: "old",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: oldDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
          ...(expireDays === undefined ? {} : { expiration: [{ days: expireDays }] }),
        },
      ],
    });
    this.policy = new S3BucketPolicy(this, "policy", {
      bucket: bucket.id,
      policy: policy(
        {
          effect: "Deny",
          actions: ["s3:*"],
          resources: [bucket.arn, `${bucket.arn}/*`],
          principals: { AWS: ["*"] },
          conditions: { Bool: { "aws:SecureTransport": "false" } },
        },
        ...(statements?.(bucket.arn) ?? []),
      ),
      dependsOn: [isPrivate],
    });
  }
}
