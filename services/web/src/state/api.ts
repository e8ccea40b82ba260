/** A refusal by the gateway, or no answer at all. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  readonly code: number;
  /** The field of the form that it concerns, where there is one. */
  readonly field: string | undefined;

  constructor(code: number, message: string, field?: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

type Method = "GET" | "POST" | "DELETE";

/** Calls the Binance dialect as the signed-in user. Parameters that are undefined are not sent. Throws `ApiFailure`. */
export function callApi<T>(
  method: Method,
  path: string,
  parameters: Readonly<Record<string, string | number | undefined>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const sent = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) sent.set(name, String(value));
  if (method === "POST") return answerOf(fetch(path, { method, body: sent, headers }));
  const query = sent.size === 0 ? "" : `?${sent}`;
  return answerOf(fetch(path + query, { method, headers }));
}

/** Calls one of Meridian's own routes. Throws `ApiFailure`. */
export function callMeridian<T>(method: Method, path: string, body?: object): Promise<T> {
  const json =
    body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return answerOf(fetch(`/meridian/v1${path}`, { method, ...json }));
}

async function answerOf<T>(request: Promise<Response>): Promise<T> {
  let response: Response;
  try {
    response = await request;
  } catch {
    throw new ApiFailure(
      0,
      "The exchange cannot be reached. Nothing is known of the request; look at your orders.",
    );
  }
  const text = await response.text();
  const body: unknown = text === "" ? {} : JSON.parse(text);
  if (response.ok) return body as T;
  const {
    code = -1000,
    msg = response.statusText,
    field,
  } = body as { code?: number; msg?: string; field?: string };
  throw new ApiFailure(code, msg, field);
}
