import type { Construct } from "constructs";
import { IamOpenidConnectProvider, KmsAlias, KmsKey } from "../aws.ts";
import type { Environment } from "../environments/environment.ts";
import { policy } from "../policy-document.ts";
import { PrivateBucket } from "../private-bucket.ts";
import { homeRegion, MeridianStack } from "../stack.ts";
import { DeployRoles } from "./deploy-roles.ts";

/**
 * What must be there before anything else: the bucket of all other stacks' states, and the roles with which workflows plan and apply.
 * A person applies it once by hand, as the README says; its own state moves into the bucket afterwards.
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
    const { bucket } = new PrivateBucket(this, "state", {
      name: "state",
      keyArn: key.arn,
      oldDays: 90,
      preventDestroy: environment.deletionProtection,
    });
    const github = new IamOpenidConnectProvider(this, "github", {
      url: "https://token.actions.githubusercontent.com",
      clientIdList: ["sts.amazonaws.com"],
    });
    new DeployRoles(this, { issuerArn: github.arn, stateBucketArn: bucket.arn, stateKeyArn: key.arn });
  }
}
