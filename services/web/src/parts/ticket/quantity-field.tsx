import type { SymbolInfo } from "../../state/types.ts";
import { AmountField } from "./amount-field.tsx";
import { QUANTITY_ID } from "./field-id.ts";
import { withPercent } from "./order-preview.ts";
import type { Refusal } from "./refusal.ts";
import { isByTotal, isMarket, spentAsset, type TicketDraft } from "./ticket-draft.ts";

const PERCENTS = [25, 50, 75, 100] as const;

interface QuantityFieldProps {
  readonly draft: TicketDraft;
  readonly info: SymbolInfo;
  readonly last: string | undefined;
  /** Of the asset that the order pays with, 10^-8 units; `undefined` for who has no account here. */
  readonly free: bigint | undefined;
  /** True while the percentages have no price to go by. */
  readonly needsPrice: boolean;
  readonly refusal: Refusal | undefined;
  readonly onChange: (draft: TicketDraft) => void;
}

/** How much, typed or as a part of what is free. */
export function QuantityField(props: QuantityFieldProps) {
  const { draft, info, last, free, needsPrice, refusal, onChange } = props;
  const { baseAsset, quoteAsset } = info;
  return (
    <>
      <AmountField
        id={QUANTITY_ID}
        label={isByTotal(draft) ? "Total" : "Quantity"}
        unit={isByTotal(draft) ? quoteAsset : baseAsset}
        value={draft.amount}
        step={isByTotal(draft) ? "1" : info.stepSize}
        refusal={refusal?.field === QUANTITY_ID ? refusal : undefined}
        onChange={(amount) => onChange({ ...draft, amount })}
      >
        {isMarket(draft) && (
          <button
            type="button"
            className="link"
            onClick={() => onChange({ ...draft, isByTotal: !draft.isByTotal, amount: "" })}
          >
            in {isByTotal(draft) ? baseAsset : quoteAsset} instead
          </button>
        )}
      </AmountField>
      <fieldset className="choice percents" aria-label={`Part of the free ${spentAsset(draft, info)}`}>
        {PERCENTS.map((percent) => (
          <button
            key={percent}
            type="button"
            disabled={free === undefined || needsPrice}
            onClick={() => onChange(withPercent(draft, info, free ?? 0n, percent, last))}
          >
            {percent}%
          </button>
        ))}
      </fieldset>
    </>
  );
}
