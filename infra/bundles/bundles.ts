/** The services that run as functions, and what puts the boards into Grafana. */
export const FUNCTIONS = ["projector", "ledger", "notifier", "serverless-door", "boards"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** By function: the folder that holds its bundle, `index.mjs`. */
export type Bundles = Readonly<Record<FunctionName, string>>;

/** Where a function's handler is in the sources. */
export function handlerOf(name: FunctionName): string {
  return name === "boards" ? "dashboards/publish/lambda.ts" : `services/${name}/lambda.ts`;
}
