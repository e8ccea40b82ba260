import { resourceName } from "#shared/config/aws/names.ts";
import type { RegionId } from "#shared/domain/ids.ts";

/** A deployment in one Region, and where its services answer. */
export interface AwsPlace {
  readonly environment: string;
  /** 12 digits. */
  readonly accountId: string;
  readonly region: RegionId;
  /** Servers that are not AWS's own; what is left out is AWS's. */
  readonly endpoints?: AwsEndpoints;
}

/** Addresses, as `http://127.0.0.1:4566`. */
export interface AwsEndpoints {
  readonly kinesis?: string | undefined;
  readonly dynamodb?: string | undefined;
  /** SNS and SQS. */
  readonly queues?: string | undefined;
  readonly kms?: string | undefined;
}

/** Of no account: what servers that are not AWS's are given. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/** What comes before the names of tables, topics and queues. */
export function prefixOf({ environment }: Pick<AwsPlace, "environment">): string {
  return resourceName(environment, "").slice(0, -1);
}

/** How an SDK client of a place is pointed at an endpoint, if the place has one of its own. */
export function pointedAt(endpoint: string | undefined) {
  return endpoint === undefined ? {} : { endpoint, credentials: LOCAL_CREDENTIALS };
}
