/**
 * The names of what is deployed. Infrastructure creates by them and services find by them, so no address of a stream, table, topic or
 * queue has to travel through an environment variable, and a stack needs no output of another for them.
 */

/** Which deployment: its environment's name and the account that it lives in. */
export interface Deployment {
  readonly environment: string;
  /** 12 digits. */
  readonly accountId: string;
}

/** `meridian-prod`: what all names of an environment begin with. */
export function environmentPrefix(environment: string): string {
  return `meridian-${environment}`;
}

/** `meridian-prod-commands`: the name of one thing of an environment. Unique in a Region; what AWS keeps by account takes the Region too. */
export function resourceName(environment: string, what: string): string {
  return `${environmentPrefix(environment)}-${what}`;
}

/** An ARN in the commercial partition, the one that Meridian's Regions are in. */
export function arn(service: string, region: string, accountId: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}

export function streamArn(deployment: Deployment, region: string, stream: string): string {
  return arn(
    "kinesis",
    region,
    deployment.accountId,
    `stream/${resourceName(deployment.environment, stream)}`,
  );
}

export function tableArn(deployment: Deployment, region: string, table: string): string {
  return arn(
    "dynamodb",
    region,
    deployment.accountId,
    `table/${resourceName(deployment.environment, table)}`,
  );
}
