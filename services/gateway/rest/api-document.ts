import { binanceRoutes } from "./binance-routes.ts";
import type { RestDependencies } from "./dependencies.ts";
import { openApiDocument } from "./openapi.ts";

/** The OpenAPI document without a running gateway: it is made of the routes' schemas, and their handlers are not called. */
export function apiDocument(): ReturnType<typeof openApiDocument> {
  return openApiDocument(binanceRoutes({} as RestDependencies));
}

/** The document as `docs/openapi.json` holds it. */
export function apiDocumentText(): string {
  return `${JSON.stringify(apiDocument(), null, 2)}\n`;
}
