import type { NextFunction, Request, Response } from "express";
import { ApiError } from "#shared/protocol/errors.ts";

declare module "express-serve-static-core" {
  interface Request {
    /** The body's bytes as received, before anything parsed them: what a client signed. */
    rawBody?: Buffer;
  }
}

/** Reads the whole body, at most `limit` bytes, into `request.rawBody`. */
export function readRawBody(limit: number) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
    });
    request.on("end", () => {
      if (length > limit) {
        next(new ApiError("TOO_LARGE", { detail: String(limit) }));
        return;
      }
      request.rawBody = Buffer.concat(chunks);
      next();
    });
    request.on("error", next);
  };
}
