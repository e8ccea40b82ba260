import { wireUnits } from "../../money/decimal.ts";
import { ApiFailure } from "../../state/api.ts";
import type { OrderItem, SymbolInfo } from "../../state/types.ts";
import type { PartProps } from "../part-props.ts";
import { numberProblem } from "../ticket/draft-refusal.ts";
import { refusalOf } from "../ticket/exchange-refusal.ts";
import type { Refusal } from "../ticket/refusal.ts";
import { EMPTY_DRAFT, spentAsset, type TicketDraft, withLeg } from "../ticket/ticket-draft.ts";
import { type ChangeDraft, hasStop, type OrderChange } from "./order-change.ts";
import { orderTypeOf } from "./order-words.ts";

interface ChangeSent extends PartProps {
  readonly order: OrderItem;
  readonly info: SymbolInfo;
  readonly draft: ChangeDraft;
  readonly change: OrderChange;
}

/** Sends a change; answers why it was refused, or nothing. Never throws. */
export async function sendChange(sent: ChangeSent): Promise<Refusal | undefined> {
  const { exchange, order, change } = sent;
  const problem = problemOf(sent);
  if (problem !== undefined) return problem;
  try {
    if (change.kind === "amend") await exchange.amend(order.symbol, order.orderId, change.quantity);
    if (change.kind === "replace") await exchange.place(change.request, () => {});
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    return refusalOfChange(error, sent);
  }
}

/** What is not worth sending: a field that holds no number. */
function problemOf({ order, draft }: ChangeSent): Refusal | undefined {
  const check = (field: string, text: string | undefined) =>
    text === undefined ? undefined : { field, text };
  const stop = hasStop(order) ? numberProblem(draft.stopPrice, "a stop price", "63000.50") : undefined;
  const price = wireUnits(order.price) > 0n ? numberProblem(draft.price, "a price", "64000.50") : undefined;
  return (
    check("change-stop-price", stop) ??
    check("change-price", price) ??
    check("change-quantity", numberProblem(draft.quantity, "a quantity", "0.25"))
  );
}

/** The half of a replacement that was refused says why. */
function refusalOfChange(failure: ApiFailure, { store, order, info, draft }: ChangeSent): Refusal {
  if (/amended order must be lower/.test(failure.message))
    return {
      field: "change-quantity",
      text: "The quantity must be lower than before, and more than what is filled.",
    };
  const half =
    failure.halves?.cancelResult === "FAILURE"
      ? failure.halves.cancelResponse
      : failure.halves?.newOrderResponse;
  const { code = failure.code, msg = failure.message, field = failure.field } = half ?? {};
  const { balances, tickers } = store.get();
  const ticket = ticketOf(order, draft);
  const free = wireUnits(balances?.find(({ asset }) => asset === spentAsset(ticket, info))?.free);
  const last = tickers[info.symbol]?.lastPrice;
  const why = refusalOf(new ApiFailure(failure.status, code, msg, field), {
    draft: ticket,
    info,
    free,
    last,
  });
  const isGone = failure.halves?.cancelResult === "SUCCESS";
  return {
    ...why,
    field: why.field === undefined ? undefined : `change-${why.field}`,
    text: isGone ? `The order is canceled, but the new one was refused. ${why.text}` : why.text,
  };
}

/** The replacement as the ticket would place it. */
function ticketOf(order: OrderItem, { price, stopPrice, quantity }: ChangeDraft): TicketDraft {
  const draft = { ...EMPTY_DRAFT, side: order.side, amount: quantity };
  return withLeg(draft, "first", { type: orderTypeOf(order) ?? "LIMIT", price, stopPrice });
}
