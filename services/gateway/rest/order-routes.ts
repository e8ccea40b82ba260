import type { RestDependencies } from "./dependencies.ts";
import { orderListOperations } from "./order-list-operations.ts";
import { orderOperations } from "./order-operations.ts";
import type { Route } from "./route.ts";
import { tradeRoute } from "./trade-operation.ts";

/** Placing, canceling, replacing and amending orders and order lists. */
export function orderRoutes(dependencies: RestDependencies): Route[] {
  const operations = [...orderOperations(dependencies), ...orderListOperations(dependencies)];
  return operations.map((operation) => tradeRoute(operation, dependencies));
}
