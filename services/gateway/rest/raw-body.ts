import type { NextFunction, Request, Response } from "express";
import { ApiError } from "#shared/protocol/errors.ts";

declare module "express-serve-static-core" {
  interface Request {
    /** The body's bytes as received, before anything parsed them: what a client signed. */
    rawBody?: Buffer;
  }
}

/** Reads the whole body, at most `limit` bytes, into `request.rawBody`. Answers TOO_LARGE and UNSUPPORTED_BODY (compressed). */
export function readRawBody(limit: number) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const refuse = (error: ApiError) => {
      // What is left of the body is not read: the connection ends with the answer.
      request.removeAllListeners("data").removeAllListeners("end").pause();
      response.set("Connection", "close");
      next(error);
    };
    const encoding = request.get("Content-Encoding") ?? "identity";
    if (encoding !== "identity") {
      refuse(new ApiError("UNSUPPORTED_BODY"));
      return;
    }
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else refuse(new ApiError("TOO_LARGE", { detail: String(limit) }));
    });
    request.on("end", () => {
      request.rawBody = Buffer.concat(chunks, length);
      next();
    });
    request.on("error", next);
  };
}

/** Parses a JSON body that was read into `rawBody` into `request.body`. Answers INVALID_JSON and UNSUPPORTED_BODY. */
export function parseJsonBody(request: Request, _response: Response, next: NextFunction): void {
  if (request.rawBody === undefined || request.rawBody.length === 0) {
    next();
    return;
  }
  if (!request.is("application/json")) throw new ApiError("UNSUPPORTED_BODY");
  try {
    request.body = JSON.parse(request.rawBody.toString("utf8"));
  } catch {
    throw new ApiError("INVALID_JSON");
  }
  next();
}
