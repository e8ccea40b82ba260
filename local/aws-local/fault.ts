/** A request on its way through the fault proxy. */
export interface ProxiedRequest {
  /** The operation by AWS's name (`PutRecords`), or method and path where there is none. */
  readonly operation: string;
  /** 1 for the first request of this operation. */
  readonly count: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** An answer in the words of AWS's protocols: a code such as `ProvisionedThroughputExceededException` and an HTTP status. */
export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
}

/** What goes wrong with a request. */
export type Fault =
  /** An error is answered; the server never hears of the request, or (after its effect) it does. */
  | { readonly kind: "error"; readonly answer: ErrorAnswer; readonly afterEffect?: boolean }
  /** No answer ever comes: the client has to give up. */
  | { readonly kind: "silence"; readonly afterEffect: boolean }
  /** The connection breaks. */
  | { readonly kind: "cut"; readonly afterEffect: boolean }
  /** The connection breaks, and the request reaches the server only after so many later ones of its operation were answered. */
  | { readonly kind: "late"; readonly behind: number }
  /** The server gets it twice; the client hears the second answer. */
  | { readonly kind: "duplicate" }
  /** The server gets a part of it, and the answer says of the rest that it failed. */
  | { readonly kind: "partial"; readonly split: PartialSplit }
  | { readonly kind: "delay"; readonly delayMs: number };

/** What of a batch goes on, and how the server's answer to that becomes one to the whole. */
export type PartialSplit = (
  body: Buffer,
  operation: string,
) => {
  /** `undefined`: nothing goes on, and `answer` is called with an empty one. */
  readonly forwarded: Buffer | undefined;
  answer(body: Buffer): Buffer;
};

/** When a fault comes. Rules are asked in order; the first that applies counts. */
export interface FaultRule {
  readonly fault: Fault;
  /** All operations when left out. */
  readonly operation?: string;
  readonly when?: (request: ProxiedRequest) => boolean;
  /** How often at most; for ever when left out. */
  readonly times?: number;
}

export const THROTTLED_BY_KINESIS: ErrorAnswer = {
  status: 400,
  code: "ProvisionedThroughputExceededException",
  message: "Rate exceeded for shard.",
};

export const INTERNAL_FAILURE: ErrorAnswer = { status: 500, code: "InternalFailure" };
export const SERVICE_UNAVAILABLE: ErrorAnswer = { status: 503, code: "ServiceUnavailable" };

/** An error in the form that the request's protocol has: JSON, or XML for the query protocol (SNS). */
export function errorBody({ code, message = code }: ErrorAnswer, contentType: string) {
  if (contentType.startsWith("application/x-www-form-urlencoded")) {
    const type = `<Type>Sender</Type><Code>${code}</Code><Message>${message}</Message>`;
    return { contentType: "text/xml", body: `<ErrorResponse><Error>${type}</Error></ErrorResponse>` };
  }
  return { contentType, body: JSON.stringify({ __type: code, message }) };
}

/** AWS's name of the operation: the JSON protocols carry it in `X-Amz-Target`, the query protocol in `Action`. */
export function operationOf(
  { method = "", url = "", headers }: OperationSource,
  contentType: string,
  body: Buffer,
): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.slice(target.lastIndexOf(".") + 1);
  const isQuery = contentType.startsWith("application/x-www-form-urlencoded");
  const action = isQuery ? new URLSearchParams(body.toString()).get("Action") : null;
  return action ?? `${method} ${url}`;
}

interface OperationSource {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}
