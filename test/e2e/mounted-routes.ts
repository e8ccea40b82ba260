import type { Express } from "express";
import { assert } from "#shared/domain/invariant.ts";

interface Layer {
  readonly route?: { readonly path: string; readonly stack: readonly { readonly method: string }[] };
  readonly handle: { readonly stack?: readonly Layer[] };
  /** Mounted at the root. */
  readonly slash: boolean;
  readonly matchers: readonly ((path: string) => { readonly path: string } | false)[];
}

/** Where nested routers are mounted. Express keeps a matcher and not the path, so it is found by trying. */
const PREFIXES = ["/meridian/v1"];

/** Every route that an app serves, read from the app itself, so that none can be forgotten: `GET /meridian/v1/session`. */
export function mountedRoutes(app: Express): string[] {
  const { stack } = app.router as unknown as { readonly stack: readonly Layer[] };
  return [...new Set(routesOf(stack, ""))].sort();
}

function* routesOf(stack: readonly Layer[], prefix: string): Generator<string> {
  for (const { route, handle, slash, matchers } of stack) {
    for (const { method } of route?.stack ?? []) yield `${method.toUpperCase()} ${prefix}${route?.path}`;
    if (handle.stack === undefined) continue;
    const mountedAt = slash
      ? ""
      : PREFIXES.find((path) => matchers.some((matches) => matches(path) !== false));
    assert(mountedAt !== undefined, "a router is mounted where this helper does not look");
    yield* routesOf(handle.stack, prefix + mountedAt);
  }
}
