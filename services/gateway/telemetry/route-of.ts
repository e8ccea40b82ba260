import type { Request } from "express";

/** The pattern of a request's route, never the path: what a client writes must not make series or names. */
export function routeOf(request: Request): string {
  const path: unknown = request.route?.path;
  if (typeof path !== "string") return "other";
  return path.startsWith(request.baseUrl) ? path : `${request.baseUrl}${path}`;
}
