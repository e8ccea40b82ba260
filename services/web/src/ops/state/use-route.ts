import { useSyncExternalStore } from "react";
import { type Chosen, chosenFrom } from "#dashboards/variables.ts";

/** What the address names behind its #. */
export type OpsRoute =
  | { readonly kind: "board"; readonly id: string; readonly chosen: Chosen }
  | { readonly kind: "runbook"; readonly name: string }
  | { readonly kind: "runbooks" };

export function boardAddress(id: string, chosen: Chosen = {}): string {
  const query = String(new URLSearchParams(chosen));
  return `#/board/${id}${query === "" ? "" : `?${query}`}`;
}
export const runbookAddress = (name: string) => `#/runbook/${name}`;
export const RUNBOOKS_ADDRESS = "#/runbooks";

function watch(onChange: () => void): () => void {
  window.addEventListener("hashchange", onChange);
  return () => window.removeEventListener("hashchange", onChange);
}

/** Where the page is now. */
export function useRoute(): OpsRoute {
  return routeOf(useSyncExternalStore(watch, () => location.hash));
}

/** The front page where the address names nothing. */
export function routeOf(hash: string): OpsRoute {
  const [, kind, name = "", query = ""] =
    /^#\/(board|runbooks|runbook)(?:\/([\w-]*))?(?:\?(.*))?$/.exec(hash) ?? [];
  if (kind === "runbooks") return { kind };
  if (kind === "runbook") return { kind, name };
  const parameters = new URLSearchParams(query);
  const chosen = chosenFrom((each) => parameters.get(each)) ?? {};
  return { kind: "board", id: name === "" ? "front-page" : name, chosen };
}
