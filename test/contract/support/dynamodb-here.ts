import { hasDynamoDb } from "#local/aws-local/start-dynamodb.ts";

const MISSING =
  "the DynamoDB adapters are not tested here: the optional package @dynoxide/linux-x64 is missing";
let isSaid = false;

/** Whether DynamoDB's server is on this machine. Where it is not, continuous integration fails, and everybody else is told in one line. */
export function isDynamoDbHere(): boolean {
  if (hasDynamoDb()) return true;
  if (process.env.CI === "true") throw new Error(MISSING);
  if (!isSaid) process.stderr.write(`${MISSING}\n`);
  isSaid = true;
  return false;
}
