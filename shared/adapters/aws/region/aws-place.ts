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

/**
 * Where a deployed service is, by its variables; and by the SDK's own (`AWS_ENDPOINT_URL_KINESIS`, …) where other servers than AWS's are meant: they are spoken to as servers without HTTP/2 and
 * without accounts are.
 */
export function deployedPlace(
  { MERIDIAN_ENVIRONMENT, MERIDIAN_ACCOUNT_ID, MERIDIAN_REGION }: DeployedIn,
  environment: Readonly<Record<string, string | undefined>>,
): AwsPlace {
  return {
    environment: MERIDIAN_ENVIRONMENT,
    accountId: MERIDIAN_ACCOUNT_ID,
    region: MERIDIAN_REGION as RegionId,
    endpoints: {
      kinesis: environment.AWS_ENDPOINT_URL_KINESIS,
      dynamodb: environment.AWS_ENDPOINT_URL_DYNAMODB,
      queues: environment.AWS_ENDPOINT_URL_SQS,
      kms: environment.AWS_ENDPOINT_URL_KMS,
    },
  };
}

export interface DeployedIn {
  readonly MERIDIAN_ENVIRONMENT: string;
  readonly MERIDIAN_ACCOUNT_ID: string;
  readonly MERIDIAN_REGION: string;
}

/** What comes before the names of tables, topics and queues. */
export function prefixOf({ environment }: Pick<AwsPlace, "environment">): string {
  return resourceName(environment, "").slice(0, -1);
}

/** How an SDK client of a place is pointed at an endpoint, if the place has one of its own. */
export function pointedAt(endpoint: string | undefined) {
  return endpoint === undefined ? {} : { endpoint, credentials: LOCAL_CREDENTIALS };
}
