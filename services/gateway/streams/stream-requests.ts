/** What a connection's requests act on. */
export interface StreamSession {
  isCombined: boolean;
  readonly streams: readonly string[];
  /** Throws `StreamRefusal`. */
  subscribe(names: readonly string[]): void;
  unsubscribe(names: readonly string[]): void;
}

/** A request that is refused, in Binance's codes and words (web-socket-streams.md, "Error Messages"). */
export class StreamRefusal extends Error {
  override readonly name = "StreamRefusal";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

type RequestId = number | string | null;
type Answer =
  | { readonly result: unknown; readonly id: RequestId }
  | { readonly code: number; readonly msg: string; readonly id?: RequestId };

const METHODS = ["SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY"] as const;
const METHOD_LIST = METHODS.map((method) => `\`${method}\``).join(", ");

/** Does what a message of a client asks, and says what is answered. */
export function answerStreamRequest(session: StreamSession, text: string): Answer {
  let id: RequestId | undefined;
  try {
    const request = readJson(text);
    id = readId(request);
    return { result: run(session, request), id };
  } catch (error) {
    if (!(error instanceof StreamRefusal)) throw error;
    return { code: error.code, msg: error.message, ...(id === undefined ? {} : { id }) };
  }
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StreamRefusal(3, "Invalid JSON: expected value at line 1 column 1");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new StreamRefusal(3, "Invalid JSON: expected value at line 1 column 1");
  return value as Readonly<Record<string, unknown>>;
}

/** A 64-bit integer, a text of up to 36 letters and digits, or `null`. */
function readId({ id = null }: Readonly<Record<string, unknown>>): RequestId {
  if (id === null || Number.isSafeInteger(id)) return id as RequestId;
  if (typeof id === "string" && /^[\w-]{1,36}$/.test(id)) return id;
  throw new StreamRefusal(2, "Invalid request: request ID must be an unsigned integer");
}

function run(session: StreamSession, { method, params }: Readonly<Record<string, unknown>>): unknown {
  switch (method) {
    case "SUBSCRIBE":
      session.subscribe(names(params));
      return null;
    case "UNSUBSCRIBE":
      session.unsubscribe(names(params));
      return null;
    case "LIST_SUBSCRIPTIONS":
      return session.streams;
    case "SET_PROPERTY": {
      const [name, value] = property(params, 2);
      checkProperty(name);
      if (typeof value !== "boolean") throw new StreamRefusal(1, "Invalid value type: expected Boolean");
      session.isCombined = value;
      return null;
    }
    case "GET_PROPERTY": {
      const [name] = property(params, 1);
      checkProperty(name);
      return session.isCombined;
    }
    case undefined:
      throw new StreamRefusal(2, "Invalid request: missing field `method` at line 1 column 1");
    default:
      throw new StreamRefusal(
        2,
        `Invalid request: unknown variant \`${String(method).slice(0, 40)}\`, expected one of ${METHOD_LIST} at line 1 column 1`,
      );
  }
}

function names(params: unknown): readonly string[] {
  const isList = Array.isArray(params) && params.every((name) => typeof name === "string");
  if (!isList) throw new StreamRefusal(2, "Invalid request: params must be a list of streams");
  return params as readonly string[];
}

function property(params: unknown, count: number): readonly unknown[] {
  const all: readonly unknown[] = Array.isArray(params) ? params : [];
  if (all.length > count) throw new StreamRefusal(2, "Invalid request: too many parameters");
  return all;
}

function checkProperty(name: unknown): void {
  if (typeof name !== "string") throw new StreamRefusal(2, "Invalid request: property name must be a string");
  if (name !== "combined") throw new StreamRefusal(0, "Unknown property");
}
