import type { IncomingMessage } from "node:http";
import type { Clock } from "#shared/ports/clock.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

/** The services that a Region has, and others may ask, by the names that requests are signed for: `kinesis`, `dynamodb`, `sqs`, … */
export type RegionalServers = Readonly<Record<string, string | undefined>>;

export interface RegionalFrontOptions {
  /** The servers of each Region. */
  readonly servers: ReadonlyMap<string, RegionalServers>;
  readonly clock: Clock;
}

/** AWS as one Region's tasks see it: one address for everything, and the links to other Regions, which can be cut. */
export interface RegionalFront {
  readonly url: string;
  /** Whether a Region's services can be reached from here. What is under way goes on: it is cut for what comes. */
  setReachable(region: string, isReachable: boolean): void;
  /** Requests of an operation that came so far. */
  requests(operation: string): number;
  close(): Promise<void>;
}

/** `Credential=AKID/20260101/eu-west-1/kinesis/aws4_request` in the `Authorization` header (Signature Version 4). */
const SCOPE = /Credential=[^/]+\/\d+\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/;

/** Starts a Region's front: each request goes to the server of the Region and service that it is signed for, as AWS's endpoints are. */
export async function startRegionalFront({ servers, clock }: RegionalFrontOptions): Promise<RegionalFront> {
  const unreachable = new Set<string>();
  const target = ({ headers }: IncomingMessage): string | undefined => {
    const [, region = "", service = ""] = SCOPE.exec(headers.authorization ?? "") ?? [];
    return unreachable.has(region) ? undefined : servers.get(region)?.[service];
  };
  const proxy: FaultProxy = await startFaultProxy({ target, clock });
  return {
    url: proxy.url,
    setReachable: (region, isReachable) => {
      if (isReachable) unreachable.delete(region);
      else unreachable.add(region);
    },
    requests: (operation) => proxy.requests(operation),
    close: () => proxy.close(),
  };
}
