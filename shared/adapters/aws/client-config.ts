import { NodeHttpHandler } from "@smithy/node-http-handler";

/** Where a service of AWS is. */
export interface ServicePlace {
  readonly region: string;
  /** The Region's own endpoint if not given. */
  readonly endpoint?: string;
  /** Those of the task's role if not given. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** How often a request is tried, and how long each try may take. */
export interface RequestBounds {
  readonly attempts: number;
  /** 1 s if not told. */
  readonly connectTimeoutMs?: number | undefined;
  readonly requestTimeoutMs: number;
}

const CONNECT_TIMEOUT_MS = 1000;

/** How an SDK's client of a place is made. */
export function clientConfig({ region, endpoint, credentials }: ServicePlace, bounds: RequestBounds) {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    retryMode: "standard",
    maxAttempts: bounds.attempts,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: bounds.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      requestTimeout: bounds.requestTimeoutMs,
      throwOnRequestTimeout: true,
    }),
  };
}
