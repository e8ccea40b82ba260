import type { Panel } from "./board.ts";

/** What a board can be narrowed to: a label, and the metric whose series know its values. */
export const VARIABLES = [
  { name: "region", label: "Region", of: "meridian_folded_seq" },
  { name: "shard", label: "Shard", of: "meridian_folded_seq" },
  { name: "market", label: "Market", of: "meridian_trades_total" },
] as const;

export type Variable = (typeof VARIABLES)[number]["name"];
/** One value each; all of what is left out. */
export type Chosen = Readonly<Partial<Record<Variable, string>>>;

/** Of Regions, shards and markets; nothing in it means anything in a query. */
const VALUE = /^[\w-]{1,64}$/;

/** Reads what is chosen, from an address; `undefined` where that cannot be a value. */
export function chosenFrom(read: (name: Variable) => unknown): Chosen | undefined {
  const entries = VARIABLES.map(({ name }) => [name, read(name)] as const).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  if (!entries.every(([, value]) => typeof value === "string" && VALUE.test(value))) return undefined;
  return Object.fromEntries(entries) as Chosen;
}

/** Those that queries of these panels look at, in their order. */
export function variablesOf(panels: readonly Panel[]): readonly Variable[] {
  const exprs = panels.flatMap(({ queries }) => queries.map(({ expr }) => expr));
  return VARIABLES.map(({ name }) => name).filter((name) => exprs.some((expr) => expr.includes(`$${name}`)));
}
