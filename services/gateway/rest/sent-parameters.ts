import type { Request } from "express";
import { ApiError } from "#shared/protocol/errors.ts";

/**
 * The parameters of a request of the Binance dialect: the query string and the urlencoded body together; the query wins where a name is
 * in both. Throws DUPLICATE_PARAM for a name twice in one of them, ILLEGAL_CHARACTERS for bad percent-encoding, UNSUPPORTED_BODY for a
 * body of another type.
 */
export function sentParameters(request: Request): ReadonlyMap<string, string> {
  const parameters = decodePairs(rawQuery(request));
  const body = request.rawBody?.toString("utf8") ?? "";
  if (body === "") return parameters;
  if (!request.is("application/x-www-form-urlencoded")) throw new ApiError("UNSUPPORTED_BODY");
  for (const [name, value] of decodePairs(body)) {
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** The query string as received, without its question mark. */
export function rawQuery(request: Request): string {
  const mark = request.originalUrl.indexOf("?");
  return mark < 0 ? "" : request.originalUrl.slice(mark + 1);
}

function decodePairs(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    if (parameters.has(name)) throw new ApiError("DUPLICATE_PARAM");
    parameters.set(name, at < 0 ? "" : decode(pair.slice(at + 1)));
  }
  return parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new ApiError("ILLEGAL_CHARACTERS");
  }
}
