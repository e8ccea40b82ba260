import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";

export interface KinesisClientOptions {
  readonly region: string;
  /** Another server than AWS's own, spoken to over HTTP/1.1; its credentials are of no account. */
  readonly endpoint?: string;
}

const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/**
 * A client that tries each request once: what is tried again, and when, is decided where its order and its ids are known; so is how long a request may take. AWS
 * is spoken to over HTTP/2, which `SubscribeToShard` needs there.
 */
export function createKinesisClient({ region, endpoint }: KinesisClientOptions): KinesisClient {
  if (endpoint === undefined) return new KinesisClient({ region, maxAttempts: 1 });
  return new KinesisClient({
    region,
    maxAttempts: 1,
    endpoint,
    credentials: LOCAL_CREDENTIALS,
    requestHandler: new NodeHttpHandler(),
  });
}
