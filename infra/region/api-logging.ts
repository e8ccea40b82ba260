import { Construct } from "constructs";
import { ApiGatewayAccount, IamRole, IamRolePolicyAttachment } from "../aws.ts";
import { policy } from "../policy-document.ts";
import type { MeridianStack } from "../stack.ts";

/**
 * Lets API Gateway write logs in this Region of the account: WebSocket APIs have none without it ("CloudWatch Logs role ARN must be set in account settings"), HTTP APIs need it not.
 * The setting is one for all APIs there, whose ever they are, so the role may what AWS's own policy for it says, and the setting stays when the stack goes.
 */
export class ApiLogging extends Construct {
  readonly setting: ApiGatewayAccount;

  constructor(stack: MeridianStack) {
    super(stack, "api-logging");
    const role = new IamRole(this, "role", {
      name: stack.namedHere("api-logs"),
      assumeRolePolicy: policy({
        actions: ["sts:AssumeRole"],
        resources: [],
        principals: { Service: ["apigateway.amazonaws.com"] },
        // API Gateway does not always say for whom it asks; where it does, it must be for this account.
        conditions: { StringEqualsIfExists: { "aws:SourceAccount": stack.accountId } },
      }),
    });
    const writes = new IamRolePolicyAttachment(this, "writes", {
      role: role.name,
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
    this.setting = new ApiGatewayAccount(this, "setting", {
      cloudwatchRoleArn: role.arn,
      dependsOn: [writes],
    });
  }
}
