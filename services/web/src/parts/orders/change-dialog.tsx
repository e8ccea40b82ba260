import { type FormEvent, useState } from "react";
import { digitsOf, isZero, textOf, trimmed, wireUnits } from "../../money/decimal.ts";
import type { OrderItem, SymbolInfo } from "../../state/types.ts";
import { Dialog } from "../dialog.tsx";
import type { PartProps } from "../part-props.ts";
import { AmountField } from "../ticket/amount-field.tsx";
import type { Refusal } from "../ticket/refusal.ts";
import { RefusalText } from "../ticket/refusal-text.tsx";
import { sendChange } from "./change-refusal.ts";
import { type ChangeDraft, changeOf, hasStop, openQuantity } from "./order-change.ts";

interface ChangeDialogProps extends PartProps {
  readonly order: OrderItem;
  readonly info: SymbolInfo;
  readonly onClose: () => void;
}

/** Another price or quantity for an open order; says beforehand whether it keeps its place in the queue. */
export function ChangeDialog({ store, exchange, order, info, onClose }: ChangeDialogProps) {
  const written = (text: string, step: string) => textOf(wireUnits(text), digitsOf(step));
  const [draft, setDraft] = useState<ChangeDraft>({
    price: written(order.price, info.tickSize),
    stopPrice: written(order.stopPrice, info.tickSize),
    quantity: written(order.quantity, info.stepSize),
  });
  const [refusal, setRefusal] = useState<Refusal>();
  const [isSending, setSending] = useState(false);
  const change = changeOf(order, draft);
  const edit = (part: Partial<ChangeDraft>) => {
    setRefusal(undefined);
    setDraft({ ...draft, ...part });
  };
  const refusalAt = (id: string) => (refusal?.field === id ? refusal : undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (change.kind === "none") return onClose();
    setSending(true);
    const reason = await sendChange({ store, exchange, order, info, draft, change });
    setSending(false);
    if (reason === undefined) return onClose();
    setRefusal(reason);
    if (reason.field !== undefined) document.getElementById(reason.field)?.focus();
  };
  return (
    <Dialog title={`Change order ${order.orderId}`} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        {hasStop(order) && (
          <AmountField
            id="change-stop-price"
            label="Stop price"
            unit={info.quoteAsset}
            value={draft.stopPrice}
            step={info.tickSize}
            refusal={refusalAt("change-stop-price")}
            onChange={(stopPrice) => edit({ stopPrice })}
          />
        )}
        {!isZero(order.price) && (
          <AmountField
            id="change-price"
            label="Price"
            unit={info.quoteAsset}
            value={draft.price}
            step={info.tickSize}
            refusal={refusalAt("change-price")}
            onChange={(price) => edit({ price })}
          />
        )}
        <AmountField
          id="change-quantity"
          label="Quantity"
          unit={info.baseAsset}
          value={draft.quantity}
          step={info.stepSize}
          hint={isZero(order.executed) ? undefined : `${trimmed(order.executed)} of it is filled.`}
          refusal={refusalAt("change-quantity")}
          onChange={(quantity) => edit({ quantity })}
        />
        <p className="explanation" role="status">
          {change.kind === "none" && "Lower the quantity alone, and it keeps its place in the queue."}
          {change.kind === "amend" && "Less of it, in place: it keeps its place in the queue."}
          {change.kind === "replace" &&
            `Canceled, and placed anew for ${trimmed(openQuantity(order, draft.quantity))} ${info.baseAsset}, behind the others at its price.`}
        </p>
        {refusal !== undefined && refusal.field === undefined && <RefusalText refusal={refusal} />}
        <button type="submit" className="primary" disabled={isSending || change.kind === "none"}>
          {isSending ? "Sending …" : change.kind === "replace" ? "Replace the order" : "Lower the quantity"}
        </button>
      </form>
    </Dialog>
  );
}
