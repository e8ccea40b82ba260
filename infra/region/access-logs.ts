import { Construct } from "constructs";
import type { S3BucketPolicy } from "../aws.ts";
import { PrivateBucket } from "../private-bucket.ts";
import type { MeridianStack } from "../stack.ts";

/** Who asked the Region's load balancers for what. They can write only with S3's own key. */
export class AccessLogs extends Construct {
  readonly bucket: string;
  /** The load balancers check at once that they may write. */
  readonly ready: S3BucketPolicy;

  constructor(stack: MeridianStack) {
    super(stack, "access-logs-of-doors");
    const logs = new PrivateBucket(stack, "access-logs", {
      name: `access-logs-${stack.region}`,
      keyArn: undefined,
      expireDays: stack.environment.logDays,
      statements: (bucketArn) => [
        {
          actions: ["s3:PutObject"],
          resources: [`${bucketArn}/*`],
          principals: { Service: ["logdelivery.elasticloadbalancing.amazonaws.com"] },
          conditions: {
            ArnLike: {
              "aws:SourceArn": `arn:aws:elasticloadbalancing:${stack.region}:${stack.accountId}:loadbalancer/*`,
            },
          },
        },
      ],
    });
    this.bucket = logs.bucket.bucket;
    this.ready = logs.policy;
  }
}
