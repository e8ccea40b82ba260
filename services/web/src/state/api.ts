import { newTraceparent } from "./traceparent.ts";

/** A refusal by the gateway, or no answer at all (status 0). */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The catalogue's code; 0 where there was no answer. */
  readonly code: number;
  /** The field of the form that it concerns, where there is one. */
  readonly field: string | undefined;
  /** Of a cancel-replace: what became of its halves. */
  readonly halves: ReplaceHalves | undefined;

  constructor(status: number, code: number, message: string, field?: string, halves?: ReplaceHalves) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
    this.halves = halves;
  }

  /** True if the same request may well succeed a little later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The halves of a cancel-replace that did not succeed as a whole. */
export interface ReplaceHalves {
  readonly cancelResult: "SUCCESS" | "FAILURE";
  readonly newOrderResult: "SUCCESS" | "FAILURE" | "NOT_ATTEMPTED";
  readonly cancelResponse: ErrorBody | null;
  readonly newOrderResponse: ErrorBody | null;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";
export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** Calls the Binance dialect as the signed-in user. Parameters that are undefined are not sent; what changes something is traced. Throws `ApiFailure`. */
export function callApi<T>(
  method: Method,
  path: string,
  parameters: Parameters = {},
  ownHeaders: Readonly<Record<string, string>> = {},
  onAnswer: (answer: Response) => void = () => {},
): Promise<T> {
  const headers = method === "GET" ? ownHeaders : { traceparent: newTraceparent(), ...ownHeaders };
  const sent = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) sent.set(name, String(value));
  if (method === "POST") return answerOf(fetch(path, { method, body: sent, headers }), onAnswer);
  const query = sent.size === 0 ? "" : `?${sent}`;
  return answerOf(fetch(path + query, { method, headers }), onAnswer);
}

/** Calls one of Meridian's own routes. Throws `ApiFailure`. */
export function callMeridian<T>(method: Method, path: string, body?: object): Promise<T> {
  const json =
    body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return answerOf(fetch(`/meridian/v1${path}`, { method, ...json }));
}

interface ErrorBody {
  readonly code?: number;
  readonly msg?: string;
  readonly field?: string;
  readonly data?: ReplaceHalves;
}

async function answerOf<T>(
  request: Promise<Response>,
  onAnswer: (answer: Response) => void = () => {},
): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await request;
    onAnswer(response);
    text = await response.text();
  } catch {
    throw new ApiFailure(
      0,
      0,
      "The exchange does not answer. Nothing is known of the request; look at your orders.",
    );
  }
  if (response.ok) return (text === "" ? {} : JSON.parse(text)) as T;
  const { code = -1000, msg = `${response.status} ${response.statusText}`, field, data } = errorBody(text);
  throw new ApiFailure(response.status, code, msg, field, data);
}

/** What stands in front of a gateway may answer for it, in words that are not JSON. */
function errorBody(text: string): ErrorBody {
  try {
    return JSON.parse(text) as ErrorBody;
  } catch {
    return {};
  }
}
