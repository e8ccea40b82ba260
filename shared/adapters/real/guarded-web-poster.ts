import { lookup as dnsLookup } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { PostResult, WebPoster } from "#shared/ports/web-poster.ts";
import { isPublicAddress } from "./public-address.ts";

export interface GuardedWebPosterOptions {
  /** How long an answer may take, from the name's look-up on. */
  readonly timeoutMs?: number;
  /** Which addresses may be connected to; public ones where nothing is said. */
  readonly isAllowed?: (address: string) => boolean;
  /** Takes `http:` too: on a development machine. */
  readonly plain?: boolean;
}

const TIMEOUT_MS = 5000;
const REFUSED = "ERR_ADDRESS_REFUSED";

/**
 * Posts to addresses that users chose, and never into the network it runs in: https only, no credentials in the address, and the check is made on the very addresses that the connection then goes to, so a name that
 * changes between check and use gains nothing. Redirects are answers like others.
 */
export function createGuardedWebPoster({
  timeoutMs = TIMEOUT_MS,
  isAllowed = isPublicAddress,
  plain = false,
}: GuardedWebPosterOptions = {}): WebPoster {
  const lookup: LookupFunction = (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(({ address }) => isAllowed(address));
      const [first] = allowed;
      if (first === undefined)
        return callback(Object.assign(new Error(`${hostname} is no public address`), { code: REFUSED }), []);
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
  return {
    post: (text, headers, body) => {
      const url = addressOf(text, plain);
      if (url === undefined) return Promise.resolve(refused(`${text} is no https address`));
      const host = url.hostname.replace(/^\[|\]$/g, "");
      // A literal address is not looked up.
      if (isIP(host) !== 0 && !isAllowed(host))
        return Promise.resolve(refused(`${host} is no public address`));
      const send = url.protocol === "https:" ? httpsRequest : httpRequest;
      return new Promise((resolve) => {
        const request = send(url, {
          method: "POST",
          lookup,
          agent: false,
          signal: AbortSignal.timeout(timeoutMs),
          headers: { ...headers, "Content-Length": Buffer.byteLength(body) },
        });
        request.once("response", (response) => {
          resolve(resultOf(response));
          // What it says does not matter, and may be endless.
          response.destroy();
        });
        request.once("error", (error: Error & { code?: string }) =>
          resolve(
            error.code === REFUSED
              ? refused(error.message)
              : { ok: false, error: "failed", message: error.message },
          ),
        );
        request.end(body);
      });
    },
  };
}

function addressOf(text: string, plain: boolean): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === "https:" || (plain && url?.protocol === "http:");
  return isHttp && url?.username === "" && url.password === "" ? url : undefined;
}

function resultOf({ statusCode: status = 0 }: IncomingMessage): PostResult {
  if (status >= 200 && status < 300) return { ok: true, status };
  const again = status === 429 || status >= 500;
  return { ok: false, error: again ? "failed" : "rejected", message: `answered ${status}` };
}

function refused(message: string): PostResult {
  return { ok: false, error: "refused", message };
}
