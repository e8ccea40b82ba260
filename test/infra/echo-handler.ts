import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { resourceName } from "#shared/config/aws/names.ts";

/** A handler as a function has it: of our own sources, by their aliases, and the AWS SDK. */
export async function handler(event: { readonly what: string }): Promise<string> {
  const client = new DynamoDBClient({ region: "eu-west-1" });
  client.destroy();
  return resourceName("dev", event.what);
}
