/** One statement of an IAM policy. */
export interface Statement {
  readonly effect?: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals?: Readonly<Record<string, readonly string[] | string>>;
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy as AWS wants it. Written by hand rather than by Terraform's data source, so that tests read it in the synthesized JSON. */
export function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ effect = "Allow", actions, resources, principals, conditions }) => ({
      Effect: effect,
      ...(principals === undefined ? {} : { Principal: principals }),
      Action: actions,
      ...(resources.length === 0 ? {} : { Resource: resources }),
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  });
}

/** Lets an AWS service take a role, and only on behalf of this account (no confused deputy). */
export function trustService(service: string, accountId: string): string {
  return policy({
    actions: ["sts:AssumeRole"],
    resources: [],
    principals: { Service: [service] },
    conditions: { StringEquals: { "aws:SourceAccount": accountId } },
  });
}
