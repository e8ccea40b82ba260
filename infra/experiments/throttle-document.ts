import type { Construct } from "constructs";
import { SsmDocument } from "../aws.ts";
import type { RegionName } from "../facts/regions.ts";
import type { MeridianStack } from "../stack.ts";

export function throttleDocumentName(stack: MeridianStack): string {
  return stack.named("throttle-table");
}

/**
 * FIS has no action that throttles DynamoDB. This automation lets a table take one write a second for some minutes, and restores it whatever happens
 * to the automation: at its end, when it fails, and when it is cancelled.
 */
export function throttleDocument(scope: Construct, stack: MeridianStack, region: RegionName): SsmDocument {
  const limit = (name: string, units: number, rest: Record<string, unknown>) => ({
    name,
    action: "aws:executeAwsApi",
    ...rest,
    inputs: {
      Service: "dynamodb",
      Api: "UpdateTable",
      TableName: "{{ TableName }}",
      OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: units },
    },
  });
  const active = (name: string, nextStep: string) => ({
    name,
    action: "aws:waitForAwsResourceProperty",
    timeoutSeconds: 600,
    onFailure: "step:restore",
    nextStep,
    inputs: {
      Service: "dynamodb",
      Api: "DescribeTable",
      TableName: "{{ TableName }}",
      PropertySelector: "$.Table.TableStatus",
      DesiredValues: ["ACTIVE"],
    },
  });
  return new SsmDocument(scope, `throttle-${region}`, {
    name: throttleDocumentName(stack),
    documentType: "Automation",
    documentFormat: "JSON",
    content: JSON.stringify({
      schemaVersion: "0.3",
      description: "Lets a table take one write a second, then restores it.",
      assumeRole: "{{ AutomationAssumeRole }}",
      parameters: {
        TableName: { type: "String", allowedPattern: `^${stack.named("")}[a-z-]+$` },
        Minutes: { type: "String", default: "8", allowedPattern: "^[1-9]$" },
        AutomationAssumeRole: {
          type: "AWS::IAM::Role::Arn",
          default: `arn:aws:iam::${stack.accountId}:role/${stack.named("throttle-table")}`,
        },
      },
      mainSteps: [
        limit("throttle", 1, { onFailure: "step:restore", onCancel: "step:restore", nextStep: "applied" }),
        active("applied", "wait"),
        {
          name: "wait",
          action: "aws:sleep",
          onCancel: "step:restore",
          onFailure: "step:restore",
          nextStep: "restore",
          inputs: { Duration: "PT{{ Minutes }}M" },
        },
        limit("restore", -1, { maxAttempts: 5, isEnd: true }),
      ],
    }),
    provider: stack.providerIn(region),
  });
}
