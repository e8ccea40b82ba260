import { createHmac } from "node:crypto";

/** A refusal by the exchange, with Binance's code; `status` 0 and code 0 where there was no answer at all. */
export class ExchangeRefusal extends Error {
  override readonly name = "ExchangeRefusal";
  readonly status: number;
  readonly code: number;
  readonly retryAfterSeconds: number;

  constructor(status: number, code: number, message: string, retryAfterSeconds = 0) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export type Parameters = Readonly<Record<string, string | number | undefined>>;
type Method = "GET" | "POST" | "PUT" | "DELETE";

/** A program's way to the exchange: the public API and nothing else, requests signed by HMAC-SHA256 as Binance clients do. */
export class MeridianClient {
  readonly #url: string;
  readonly #apiKey: string;
  readonly #secret: string;
  readonly #now: () => number;

  constructor(url: string, apiKey: string, secret: string, now: () => number) {
    this.#url = url;
    this.#apiKey = apiKey;
    this.#secret = secret;
    this.#now = now;
  }

  /** Calls a public route. Throws `ExchangeRefusal`. */
  public<T>(path: string, parameters: Parameters = {}): Promise<T> {
    return call<T>(`${this.#url}${path}?${queryOf(parameters)}`, { method: "GET" });
  }

  /** Calls a route as the account. Throws `ExchangeRefusal`. */
  signed<T>(method: Method, path: string, parameters: Parameters = {}): Promise<T> {
    const query = queryOf({ ...parameters, timestamp: this.#now() }).toString();
    const signature = createHmac("sha256", this.#secret).update(query).digest("hex");
    const url = `${this.#url}${path}?${query}&signature=${signature}`;
    return call<T>(url, { method, headers: { "X-MBX-APIKEY": this.#apiKey } });
  }
}

export interface AccountCredentials {
  readonly name: string;
  readonly password: string;
}

/** Signs up, or in where the name is known, and makes an API key. Throws `ExchangeRefusal`. */
export async function openAccount(
  url: string,
  user: AccountCredentials,
  now: () => number,
): Promise<MeridianClient> {
  return clientOf(url, await signUpOrIn(url, user), now);
}

/** A client with a new API key of a signed-in user. Throws `ExchangeRefusal`. */
export async function clientOf(url: string, token: string, now: () => number): Promise<MeridianClient> {
  const keys = await postJson<{ apiKey: string; secret: string }>(
    `${url}/meridian/v1/api-keys`,
    { label: "program" },
    token,
  );
  return new MeridianClient(url, keys.apiKey, keys.secret, now);
}

/** A session token of a user, new or known. */
export async function signUpOrIn(url: string, user: AccountCredentials): Promise<string> {
  try {
    return (await postJson<{ token: string }>(`${url}/meridian/v1/sign-up`, user)).token;
  } catch (error) {
    if (!(error instanceof ExchangeRefusal) || error.status !== 409) throw error;
    return (await postJson<{ token: string }>(`${url}/meridian/v1/sign-in`, user)).token;
  }
}

/** Posts JSON to one of Meridian's own routes. Throws `ExchangeRefusal`. */
export function postJson<T>(url: string, body: object, token?: string): Promise<T> {
  const headers = {
    "Content-Type": "application/json",
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  return call<T>(url, { method: "POST", headers, body: JSON.stringify(body) });
}

async function call<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, init);
    body = await response.json();
  } catch (error) {
    throw new ExchangeRefusal(0, 0, `no answer: ${(error as Error).message}`);
  }
  if (response.ok) return body as T;
  const { code = 0, msg = response.statusText } = body as { code?: number; msg?: string };
  throw new ExchangeRefusal(response.status, code, msg, Number(response.headers.get("Retry-After") ?? 0));
}

function queryOf(parameters: Parameters): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) query.set(name, String(value));
  return query;
}
