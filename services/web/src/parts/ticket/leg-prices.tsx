import { type Side, triggersUpward } from "#shared/domain/order.ts";
import { digitsOf, isZero, textOf, wireUnits } from "../../money/decimal.ts";
import type { SymbolInfo } from "../../state/types.ts";
import { AmountField } from "./amount-field.tsx";
import { trailingHint } from "./explanation.ts";
import { fieldId } from "./field-id.ts";
import { hasPrice, hasTrigger, type LegDraft } from "./leg-draft.ts";
import type { Refusal } from "./refusal.ts";
import type { LegName } from "./ticket-draft.ts";

/** What the fields of one order get. */
export interface LegProps {
  readonly name: LegName;
  readonly leg: LegDraft;
  readonly side: Side;
  readonly info: SymbolInfo;
  readonly last: string | undefined;
  readonly refusal: Refusal | undefined;
  readonly onChange: (change: Partial<LegDraft>) => void;
}

/** What an order waits for, and its limit: the fields that its type has. */
export function LegPrices({ name, leg, side, info, last, refusal, onChange }: LegProps) {
  const refusalAt = (id: string) => (refusal?.field === id ? refusal : undefined);
  const [stopId, trailingId, priceId] = [
    fieldId(name, "stop-price"),
    fieldId(name, "trailing"),
    fieldId(name, "price"),
  ];
  const way = triggersUpward(leg.type, side) ? "at or above" : "at or below";
  const isTrailing = leg.trailing.trim() !== "";
  const lastText =
    last === undefined || isZero(last) ? undefined : textOf(wireUnits(last), digitsOf(info.tickSize));
  return (
    <>
      {hasTrigger(leg) && (
        <>
          <AmountField
            id={stopId}
            label="Stop price"
            unit={info.quoteAsset}
            value={leg.stopPrice}
            step={info.tickSize}
            placeholder={isTrailing ? "none" : "0"}
            hint={
              isTrailing
                ? `Trails from the first trade ${way} it; empty: from now.`
                : `Triggered by a trade ${way} it.`
            }
            refusal={refusalAt(stopId)}
            onChange={(stopPrice) => onChange({ stopPrice })}
          />
          <AmountField
            id={trailingId}
            label="Trailing delta"
            unit="%"
            value={leg.trailing}
            step="0.1"
            placeholder="none"
            hint={
              trailingHint(leg, side, info, last) ??
              "If it should follow the price: how far the price must turn."
            }
            refusal={refusalAt(trailingId)}
            onChange={(trailing) => onChange({ trailing })}
          />
        </>
      )}
      {hasPrice(leg) && (
        <AmountField
          id={priceId}
          label="Price"
          unit={info.quoteAsset}
          value={leg.price}
          step={info.tickSize}
          hint={hasTrigger(leg) ? "The limit once it is triggered." : undefined}
          refusal={refusalAt(priceId)}
          onChange={(price) => onChange({ price })}
        >
          {lastText !== undefined && name === "first" && (
            <button type="button" className="link" onClick={() => onChange({ price: lastText })}>
              last price
            </button>
          )}
        </AmountField>
      )}
    </>
  );
}
