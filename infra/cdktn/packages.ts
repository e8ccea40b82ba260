/**
 * CDKTF's continuation, CDK Terrain, in versions that fit each other: `cdktn` 0.24 and its AWS bindings take `constructs` from 10.6 on and below 10.8, its command
 * line brings 10.6.0 itself. All bindings published for it are of version 6 of the AWS provider; Terraform goes on with the provider that `infra/stack.ts` names.
 */
export const CONTINUATION = {
  cdktn: "0.24.0",
  "cdktn-cli": "0.24.0",
  "@cdktn/provider-aws": "25.7.0",
  constructs: "10.6.0",
} as const;

/** What of it a synth needs; the command line is for people and workflows. */
export const SYNTH_PACKAGES = ["cdktn", "@cdktn/provider-aws", "constructs"] as const;

/** Which package takes whose place. */
export const SUCCESSORS: Readonly<Record<string, keyof typeof CONTINUATION>> = {
  cdktf: "cdktn",
  "cdktf-cli": "cdktn-cli",
  "@cdktf/provider-aws": "@cdktn/provider-aws",
  constructs: "constructs",
};

/** What CDKTF's command line needs patched on Node 24, and its successor's does not. */
export const DROPPED_OVERRIDES = ["@cdktf/node-pty-prebuilt-multiarch"] as const;
