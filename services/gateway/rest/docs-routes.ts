import express, { type Router } from "express";
import { DOCS_STYLE, docsPage } from "./docs-page.ts";
import { openApiDocument } from "./openapi.ts";
import type { Route } from "./route.ts";

/** The API's own description: `/openapi.json` for programs, `/docs` for people. Made once. */
export function docsRouter(routes: readonly Route[]): Router {
  const router = express.Router();
  const document = openApiDocument(routes);
  const page = docsPage(routes);
  router.get("/openapi.json", (_request, response) => {
    response.json(document);
  });
  router.get("/docs", (_request, response) => {
    response.type("html").send(page);
  });
  router.get("/docs/style.css", (_request, response) => {
    response.type("css").send(DOCS_STYLE);
  });
  return router;
}
