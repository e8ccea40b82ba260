import { join } from "node:path";
import express, { type Router } from "express";

/** The page of operations; the rest is the traders'. */
const OPS_PAGE = /^\/ops\/?$/;
const YEAR_MS = 365 * 24 * 60 * 60_000;

/**
 * The web app's built files: what is under `assets/` has a hash in its name and never changes; the page itself is asked for each time.
 * Addresses that no file has get the page, which finds its own way.
 */
export function webFiles(folder: string): Router {
  const router = express.Router();
  router.use(
    "/assets",
    express.static(join(folder, "assets"), {
      immutable: true,
      maxAge: YEAR_MS,
      index: false,
      redirect: false,
    }),
  );
  router.use(
    express.static(folder, {
      redirect: false,
      setHeaders: (response) => response.set("Cache-Control", "no-cache"),
    }),
  );
  router.get("/{*path}", (request, response, next) => {
    const isPage = request.accepts(["json", "html"]) === "html" && !request.path.includes(".");
    if (!isPage || PROGRAM_PATH.test(request.path)) {
      next();
      return;
    }
    response.set("Cache-Control", "no-cache");
    response.sendFile(OPS_PAGE.test(request.path) ? "ops/index.html" : "index.html", { root: folder });
  });
  return router;
}

/** Addresses for programs: never answered with a page. */
const PROGRAM_PATH =
  /^\/(api|sapi|fapi|dapi|meridian|orders|socket\.io|healthz|readyz|docs|openapi|assets)(\/|$)/;
