import type { Request, Response, Router } from "express";
import type { z } from "zod";
import { authenticateRequest } from "../identity/authenticate-request.ts";
import type { Authenticator, Principal } from "../identity/principal.ts";
import { answerInMicroseconds, timeUnitOf } from "../time-unit.ts";
import { readParameters, SIGNING_PARAMETERS } from "./parameters.ts";
import { sentParameters } from "./sent-parameters.ts";
import type { WeightLimiter } from "./weight-limiter.ts";

/** `none`: public. `user-data`: reads of the account. `trade`: acts for the account. */
export type Security = "none" | "user-data" | "trade";

/** A route of the Binance dialect: all that serving, checking and documenting it needs. */
export interface Route<P extends z.ZodObject = z.ZodObject, S extends Security = Security> {
  readonly method: "get" | "post" | "put" | "delete";
  readonly path: string;
  readonly summary: string;
  readonly security: S;
  /** Request weight against the limit per minute, as Binance counts; by what was sent, valid or not. */
  readonly weight: number | ((sent: ReadonlyMap<string, string>) => number);
  readonly parameters: P;
  /** What it answers; documents the route and is what the tests check answers against. */
  readonly answer: z.ZodType;
  handle(context: RouteContext<z.output<P>, S>): unknown;
}

export interface RouteContext<P, S extends Security> {
  readonly parameters: P;
  readonly principal: S extends "none" ? undefined : Principal;
  readonly request: Request;
  readonly response: Response;
}

/** Keeps a route's types together; what is lost here is given back by `mountRoutes`, which calls it with what its schemas made. */
export function route<P extends z.ZodObject, S extends Security>(definition: Route<P, S>): Route {
  return definition as unknown as Route;
}

export interface MountDependencies {
  readonly authenticator: Authenticator;
  readonly weights: WeightLimiter;
}

const TIME_UNIT_HEADER = "X-MBX-TIME-UNIT";

/** Serves routes: weight, who asks, parameters, then the handler; what it returns is the JSON answer. */
export function mountRoutes(router: Router, routes: readonly Route[], dependencies: MountDependencies): void {
  const { authenticator, weights } = dependencies;
  const known = new Set([
    ...SIGNING_PARAMETERS,
    ...routes.flatMap(({ parameters }) => Object.keys(parameters.shape)),
  ]);
  for (const definition of routes) {
    const { security, weight } = definition;
    router[definition.method](definition.path, async (request, response) => {
      const sent = sentParameters(request);
      const unit = timeUnitOf(request.get(TIME_UNIT_HEADER));
      await weights.charge(request, response, typeof weight === "number" ? weight : weight(sent));
      const principal =
        security === "none" ? undefined : await authenticateRequest(request, authenticator, security);
      const parameters = readParameters(definition.parameters, sent, known, security !== "none");
      const context = { parameters, principal, request, response } as RouteContext<never, Security>;
      const answer = await definition.handle(context);
      response.json(unit === "MICROSECOND" ? answerInMicroseconds(answer) : answer);
    });
  }
}
