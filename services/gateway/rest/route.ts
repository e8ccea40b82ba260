import type { Request, Response, Router } from "express";
import type { z } from "zod";
import { ApiError } from "#shared/protocol/errors.ts";
import { authenticateRequest } from "../identity/authenticate-request.ts";
import type { Authenticator, Principal } from "../identity/principal.ts";
import { readParameters } from "./parameters.ts";

/** A route of the Binance dialect: all that serving and documenting it needs. */
export interface Route<P extends z.ZodType = z.ZodType, S extends Security = Security> {
  readonly method: "get" | "post" | "put" | "delete";
  readonly path: string;
  readonly summary: string;
  readonly security: S;
  /** Request weight against the limit per minute, as Binance counts. */
  readonly weight: number | ((parameters: z.output<P>) => number);
  readonly parameters: P;
  handle(context: RouteContext<z.output<P>, S>): unknown;
}

/** `none`: public. `user-data`: reads of the account. `trade`: acts for the account. */
export type Security = "none" | "user-data" | "trade";

export interface RouteContext<P, S extends Security> {
  readonly parameters: P;
  readonly principal: S extends "none" ? undefined : Principal;
  readonly request: Request;
  readonly response: Response;
}

/** Keeps a route's types together. */
export function route<P extends z.ZodType, S extends Security>(definition: Route<P, S>): Route {
  return definition as unknown as Route;
}

/** What mounting needs to know of limits: charges a request before it is served. Throws `ApiError`. */
export type ChargeWeight = (request: Request, response: Response, weight: number) => Promise<void>;

/** Serves routes: parameters, weight, identity, then the handler; what it returns is the JSON answer. */
export function mountRoutes(
  router: Router,
  routes: readonly Route[],
  authenticator: Authenticator,
  charge: ChargeWeight,
): void {
  for (const definition of routes) {
    router[definition.method](definition.path, async (request, response) => {
      const sent = sentParameters(request);
      const weightOf = definition.weight;
      if (typeof weightOf === "number") await charge(request, response, weightOf);
      const principal =
        definition.security === "none"
          ? undefined
          : await authenticateRequest(request, authenticator, definition.security);
      const parameters = readParameters(definition.parameters, sent);
      if (typeof weightOf !== "number") await charge(request, response, weightOf(parameters));
      const context = { parameters, principal, request, response } as RouteContext<unknown, Security>;
      response.json(await definition.handle(context));
    });
  }
}

/** Query and body together, as Binance takes them; the query wins where a name is in both. */
function sentParameters(request: Request): Record<string, string> {
  const body = request.rawBody?.toString("utf8") ?? "";
  const isJson = request.is("application/json") !== false && request.is("application/json") !== null;
  const mark = request.originalUrl.indexOf("?");
  const query = mark < 0 ? "" : request.originalUrl.slice(mark + 1);
  const parameters: Record<string, string> = {};
  if (isJson && body !== "") throw new ApiError("ILLEGAL_CHARACTERS");
  for (const text of [body, query]) {
    for (const [name, value] of new URLSearchParams(text)) parameters[name] = value;
  }
  return parameters;
}
