/** A trader for tests: signed up, funded, and talking REST with a bearer token. */
export interface TestTrader {
  /** May move, when the platform was started anew on another port. */
  url: string;
  readonly name: string;
  readonly token: string;
  get(path: string, parameters?: Record<string, string>): Promise<TestAnswer>;
  post(
    path: string,
    parameters: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<TestAnswer>;
  delete(path: string, parameters: Record<string, string>): Promise<TestAnswer>;
}

export interface TestAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly body: any;
}

/** Signs up and takes test funds. */
export async function signUpTrader(url: string, name: string): Promise<TestTrader> {
  const credentials = { name, password: `correct horse ${name}` };
  const signedUp = await call(`${url}/meridian/v1/sign-up`, "POST", { json: credentials });
  if (signedUp.status >= 300) throw new Error(`sign-up: ${signedUp.status} ${JSON.stringify(signedUp.body)}`);
  const trader = asTrader(url, name, signedUp.body.token);
  const ask = () => call(`${url}/meridian/v1/faucet`, "POST", { headers: bearer(trader.token), json: {} });
  let funded = await ask();
  // Of Regions that are only finding each other, or are slow: asked for again it is the same gift.
  while (funded.status >= 500) funded = await ask();
  if (funded.status >= 300) throw new Error(`faucet: ${funded.status} ${JSON.stringify(funded.body)}`);
  return trader;
}

function asTrader(url: string, name: string, token: string): TestTrader {
  return {
    url,
    name,
    token,
    get(path, parameters = {}) {
      return call(`${this.url}${path}?${new URLSearchParams(parameters)}`, "GET", { headers: bearer(token) });
    },
    post(path, parameters, headers = {}) {
      return call(`${this.url}${path}`, "POST", {
        headers: { ...bearer(token), ...headers },
        form: parameters,
      });
    },
    delete(path, parameters) {
      return call(`${this.url}${path}?${new URLSearchParams(parameters)}`, "DELETE", {
        headers: bearer(token),
      });
    },
  };
}

interface CallOptions {
  readonly headers?: Record<string, string>;
  readonly json?: object;
  readonly form?: Record<string, string>;
}

async function call(
  url: string,
  method: string,
  { headers = {}, json, form }: CallOptions,
): Promise<TestAnswer> {
  const response = await fetch(url, {
    method,
    headers: json === undefined ? headers : { ...headers, "Content-Type": "application/json" },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  return { status: response.status, body: await response.json() };
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}
