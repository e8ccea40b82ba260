import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { ExchangeRefusal, signUpOrIn } from "../../client/meridian-client.ts";
import type { LoadMarket } from "./load-market.ts";

/** A trader of the load, who is somewhere in the world. */
export interface LoadAccount {
  readonly name: string;
  readonly url: string;
  readonly location: string;
  readonly token: string;
  /** The one market in which it trades. */
  readonly market: LoadMarket;
  /** Free and locked of each asset when the experiment began, as the platform tells. */
  readonly funds: ReadonlyMap<string, bigint>;
}

export interface ApiAnswer {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly retryAfterSeconds: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
  readonly body: any;
}

const TIMEOUT_MS = 8000;
const FUND_TRIES = 5;

/** Signs up (or in), takes test funds, and notes what it has. Throws `ExchangeRefusal`. */
export async function openLoadAccount(
  url: string,
  user: { readonly name: string; readonly password: string },
  location: string,
  market: LoadMarket,
): Promise<LoadAccount> {
  const token = await signUpOrIn(url, user);
  const account = { name: user.name, url, location, token, market, funds: new Map<string, bigint>() };
  // Where it will trade: another Region might not have heard of it yet when the balances are read.
  for (let attempt = 1; ; attempt++) {
    const { status, body, retryAfterSeconds } = await callApi(account, "POST", "/meridian/v1/faucet", {});
    if (status === 200 || status === 429) break;
    // A gift is several deposits, each final before the next: a platform that has just started, is slow, or was disturbed a moment ago, may need more than one call's patience.
    if ((status > 0 && status < 500) || attempt === FUND_TRIES)
      throw new ExchangeRefusal(status, body?.code ?? 0, `test funds for ${user.name}`);
    await pause(Math.max(ASKED_AGAIN_MS, 1000 * retryAfterSeconds));
  }
  for (const [asset, amount] of await balancesOf(account)) account.funds.set(asset, amount);
  return account;
}

/** Free and locked together, in units of 10^-8. */
export async function balancesOf(account: LoadAccount): Promise<ReadonlyMap<string, bigint>> {
  const { status, body } = await askApi(account, "/api/v3/account", {});
  if (status !== 200) throw new ExchangeRefusal(status, body?.code ?? 0, `balances of ${account.name}`);
  const rows = body.balances as { asset: string; free: string; locked: string }[];
  return new Map(rows.map(({ asset, free, locked }) => [asset, unitsOf(free) + unitsOf(locked)]));
}

/** One call as the account; what did not come back has status 0. */
export async function callApi(
  { url, token, location }: LoadAccount,
  method: "GET" | "POST",
  path: string,
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const query = new URLSearchParams(parameters);
  try {
    const response = await fetch(method === "GET" ? `${url}${path}?${query}` : `${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, "X-Meridian-Location": location, ...headers },
      ...(method === "GET" ? {} : { body: query }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const retryAfterSeconds = Number(response.headers.get("Retry-After") ?? 0);
    return { status: response.status, retryAfterSeconds, body: await response.json() };
  } catch {
    return { status: 0, retryAfterSeconds: 0, body: undefined };
  }
}

/** How often a question that had no answer, or was told to come later, is asked again, and after how long, ms. */
const ASKED_AGAIN_MAX = 10;
const ASKED_AGAIN_MS = 1000;

/** As {@link callApi}, to read something: asked again, a bounded number of times, while the platform is not there or has no time. The last answer is what it is. */
export async function askApi(
  account: LoadAccount,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<ApiAnswer> {
  for (let again = 0; ; again++) {
    const answer = await callApi(account, "GET", path, parameters);
    const isOver = answer.status > 0 && answer.status < 500 && answer.status !== 429;
    if (isOver || again >= ASKED_AGAIN_MAX) return answer;
    await pause(ASKED_AGAIN_MS);
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => void systemClock().schedule(delayMs, resolve));
}

/** A decimal in units of 10^-8. */
export function unitsOf(decimal: string): bigint {
  const [whole = "0", fraction = ""] = decimal.split(".");
  return BigInt(whole) * 100_000_000n + BigInt(fraction.padEnd(8, "0").slice(0, 8));
}
