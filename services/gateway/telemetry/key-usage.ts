import type { RequestHandler, Response } from "express";
import type { Clock } from "#shared/ports/clock.ts";
import type { Log } from "#shared/telemetry/log.ts";

/** What a key did since it was told last. */
interface Usage {
  readonly account: number;
  requests: number;
  refused: number;
}

/** Who a request over HTTP turned out to speak for, where that came by an API key: kept with its response. */
export interface UsedKey {
  readonly apiKey: string;
  readonly account: number;
}

const USED_KEY = "usedKey";
const TELL_MS = 60_000;
/** Keys told of in a minute; what others do then is counted under `others`. */
const KEYS_MAX = 10_000;
const OTHERS: UsedKey = { apiKey: "others", account: 0 };
/** So much of a key names it, and opens nothing. */
const NAME_LENGTH = 8;

/** The request that this answers came by a key. */
export function rememberKey(response: Response | undefined, key: UsedKey): void {
  if (response !== undefined) response.locals[USED_KEY] = key;
}

/**
 * Tells once a minute, in the log, how many requests each API key made and how many of them were refused: the HTTP API in front of the gateways counts by route, and cannot see a key. Nothing is told while no key is used.
 */
export function countKeyUsage(log: Log, clock: Clock): RequestHandler {
  const usages = new Map<string, Usage>();
  const tell = () => {
    for (const [keyName, { account, requests, refused }] of usages)
      log.info({ keyName, account, requests, refused }, "key-used");
    usages.clear();
  };
  const count = ({ apiKey, account }: UsedKey, isRefused: boolean) => {
    const name = apiKey.slice(0, NAME_LENGTH);
    let usage = usages.get(name);
    if (usage === undefined) {
      if (usages.size >= KEYS_MAX && apiKey !== OTHERS.apiKey) return count(OTHERS, isRefused);
      if (usages.size === 0) clock.schedule(TELL_MS, tell);
      usage = { account, requests: 0, refused: 0 };
      usages.set(name, usage);
    }
    usage.requests++;
    if (isRefused) usage.refused++;
  };
  return (_request, response, next) => {
    response.once("close", () => {
      const used = response.locals[USED_KEY] as UsedKey | undefined;
      if (used !== undefined) count(used, response.statusCode >= 400);
    });
    next();
  };
}
