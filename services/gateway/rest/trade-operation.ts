import type { z } from "zod";
import type { AccountId, CommandId } from "#shared/domain/ids.ts";
import type { TradeEvent } from "#shared/protocol/order-entry.ts";
import type { RestDependencies } from "./dependencies.ts";
import { commandIdOf } from "./idempotency.ts";
import { type Route, route } from "./route.ts";

/** What acting on orders works with, whichever door the request came through. */
export type TradeDependencies = Pick<RestDependencies, "view" | "entry" | "projections" | "clock">;

/** Something that an account does with its orders: one definition for REST and for sockets, so that neither promises what the other refuses. */
export interface TradeOperation<P extends z.ZodObject = z.ZodObject> {
  /** Binance's name of it in its WebSocket API: the Socket.IO event. */
  readonly event: TradeEvent;
  readonly method: "post" | "put" | "delete";
  readonly path: string;
  readonly summary: string;
  readonly weight: Route["weight"];
  readonly parameters: P;
  readonly answer: z.ZodType;
  handle(context: TradeContext<z.output<P>>): unknown;
}

export interface TradeContext<P> {
  readonly parameters: P;
  readonly account: AccountId;
  readonly commandId: CommandId;
  /** Runs the placing of so many new orders under the account's limits. Throws TOO_MANY_ORDERS. */
  count<T>(orders: number, place: () => Promise<T>): Promise<T>;
}

/** Keeps an operation's types together; what is lost here is given back by the doors, which call it with what its schema made. */
export function tradeOperation<P extends z.ZodObject>(definition: TradeOperation<P>): TradeOperation {
  return definition as unknown as TradeOperation;
}

/** An operation as a route of the Binance dialect. */
export function tradeRoute(
  { event: _event, handle, ...definition }: TradeOperation,
  { entry, orderLimiter }: RestDependencies,
): Route {
  return route({
    ...definition,
    security: "trade",
    handle: ({ parameters, principal, request, response }) =>
      handle({
        parameters,
        account: principal.account,
        commandId: commandIdOf(request, principal, entry),
        count: (orders, place) => orderLimiter.count(principal.account, response, place, orders),
      }),
  });
}
