/**
 * What AWS says of the Regions that Meridian may run in. An offline plan cannot ask, and neither a plan nor a mock finds a zone that does
 * not exist, so this is configuration, and checked at synth.
 *
 * Zones are those that every account sees; which building a letter means differs by account. us-east-1e has no Fargate and old instance
 * types only, so it is left out. The prefix list is `com.amazonaws.global.cloudfront.origin-facing`:
 * `aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.global.cloudfront.origin-facing`.
 */
export interface RegionFacts {
  readonly city: string;
  readonly zones: readonly string[];
  readonly cloudFrontPrefixList: string;
}

export const REGIONS = {
  "us-east-1": {
    city: "Northern Virginia",
    zones: ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f"],
    cloudFrontPrefixList: "pl-3b927c52",
  },
  "eu-west-1": {
    city: "Ireland",
    zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
    cloudFrontPrefixList: "pl-4fa04526",
  },
  "ap-northeast-1": {
    city: "Tokyo",
    zones: ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"],
    cloudFrontPrefixList: "pl-58a04531",
  },
} as const satisfies Record<string, RegionFacts>;

export type RegionName = keyof typeof REGIONS;
