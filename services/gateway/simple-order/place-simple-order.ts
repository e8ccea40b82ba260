import type { PlaceOrder } from "#shared/domain/command.ts";
import type { OrderId } from "#shared/domain/ids.ts";
import { formatQuantity } from "#shared/domain/market-units.ts";
import type { Connections, DoorConnection } from "#shared/ports/connections.ts";
import type { OrderRow } from "#shared/ports/projections.ts";
import { ApiError, ERROR_OF_REASON } from "#shared/protocol/errors.ts";
import type { SimpleOrderAnswer } from "#shared/protocol/socket.ts";
import { placedOrder, rejectionOf } from "#shared/read-model/order-result.ts";
import type { Principal } from "../identity/principal.ts";
import type { OrderEntry, Submission } from "../order-entry.ts";
import { refusalOfSubmission } from "../refusal-of-submission.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import { simpleOrderCommand } from "./simple-order-command.ts";
import { parseSimpleOrder } from "./simple-order-schema.ts";

export interface SimpleOrderDependencies {
  readonly entry: OrderEntry;
  readonly view: ExchangeView;
  /** Who waits at the serverless door; none where there is no door. */
  readonly connections?: Pick<Connections, "connection" | "add"> | undefined;
}

/**
 * Places a simple order message and answers once it is durable and was folded. Its `orderId` is the client order id and the idempotency
 * key: the same message sent again, over any transport, takes effect once and is answered with the first outcome.
 * Throws `ApiError`: the field at fault, what the engine refused, OVERLOADED, STATUS_UNKNOWN (send it again), or
 * IDEMPOTENCY_KEY_REUSED where the id named something else before.
 */
export async function placeSimpleOrder(
  { entry, view, connections }: SimpleOrderDependencies,
  principal: Principal,
  body: unknown,
  connectionId?: string,
): Promise<SimpleOrderAnswer> {
  if (!principal.canTrade) throw new ApiError("REJECTED_API_KEY");
  const message = parseSimpleOrder(body);
  const command = simpleOrderCommand(view, principal, message, entry.mintOrderId());
  const commandId = entry.commandIdOf(principal.account, message.orderId);
  const connection = connectionId === undefined ? undefined : await connections?.connection(connectionId);
  // Before the order exists: what becomes of it finds out who waits.
  if (connection !== undefined) await waitFor(connection, command.orderId);
  const answer = answerOf(await entry.submit(commandId, command), command, view);
  // The message came before: its order has the id of then.
  if (connection !== undefined && answer.meridianOrderId !== command.orderId)
    await waitFor(connection, answer.meridianOrderId as OrderId);
  return answer;

  async function waitFor({ connectionId: id, account, expiresAt }: DoorConnection, orderId: OrderId) {
    // A connection hears of its own account's orders only.
    if (account !== principal.account) throw new ApiError("UNAUTHORIZED");
    const { clientOrderId } = command;
    await connections?.add({ orderId, connectionId: id, account, clientOrderId, expiresAt });
  }
}

function answerOf(submission: Submission, command: PlaceOrder, view: ExchangeView): SimpleOrderAnswer {
  if (!submission.ok) {
    if (submission.error !== "queued") throw refusalOfSubmission(submission);
    return answerFor(submission.orders[0], command, view, 0);
  }
  const { outcome } = submission;
  // Meant for another branch: it is forwarded under the same id, so it may yet happen.
  if (outcome.events.some(({ kind }) => kind === "Misdirected")) throw new ApiError("STATUS_UNKNOWN");
  const refusal = rejectionOf(outcome);
  if (refusal !== undefined) {
    const isOther = refusal.command !== "PlaceOrder" || refusal.clientOrderId !== command.clientOrderId;
    throw isOther
      ? new ApiError("IDEMPOTENCY_KEY_REUSED", { field: "orderId" })
      : new ApiError(ERROR_OF_REASON[refusal.reason]);
  }
  return answerFor(placedOrder(outcome)?.order, command, view, outcome.seq);
}

function answerFor(
  order: OrderRow | undefined,
  command: PlaceOrder,
  view: ExchangeView,
  seq: number,
): SimpleOrderAnswer {
  if (order === undefined || !isSameOrder(order, command)) {
    throw new ApiError("IDEMPOTENCY_KEY_REUSED", { field: "orderId" });
  }
  const market = view.market(order.market);
  const base = market === undefined ? undefined : view.asset(market.base);
  return {
    orderId: order.clientOrderId,
    meridianOrderId: order.orderId,
    symbol: order.market,
    status: order.status,
    executedQuantity: market && base ? formatQuantity(market, base, order.executed) : "0",
    shard: view.shardOf(order.market)?.shard ?? "",
    seq,
    ...(view.isProvisional(order.market, seq) ? { provisional: true as const } : {}),
  };
}

/** The same order sent again, not another one under the same id. */
function isSameOrder(order: OrderRow, command: PlaceOrder): boolean {
  return (
    order.clientOrderId === command.clientOrderId &&
    order.market === command.market &&
    order.side === command.side &&
    order.type === command.type &&
    order.price === command.price &&
    order.quantity === command.quantity
  );
}
