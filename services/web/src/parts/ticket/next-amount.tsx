import type { Side } from "#shared/domain/order.ts";
import type { SymbolInfo } from "../../state/types.ts";
import { AmountField } from "./amount-field.tsx";
import { NEXT_QUANTITY_ID } from "./field-id.ts";
import type { Refusal } from "./refusal.ts";
import { SelectField } from "./select-field.tsx";
import { nextQuantity, type TicketDraft } from "./ticket-draft.ts";

const SIDES: readonly Side[] = ["BUY", "SELL"];
const SIDE_WORDS: Readonly<Record<Side, string>> = { BUY: "Buy", SELL: "Sell" };

interface NextAmountProps {
  readonly draft: TicketDraft;
  readonly info: SymbolInfo;
  readonly refusal: Refusal | undefined;
  readonly onChange: (draft: TicketDraft) => void;
}

/** Side and quantity of what follows the first order of a list. */
export function NextAmount({ draft, info, refusal, onChange }: NextAmountProps) {
  const byItself = nextQuantity({ ...draft, nextAmount: "" }, info);
  const isAfterFee = draft.side === "BUY" && draft.nextSide === "SELL";
  return (
    <>
      <SelectField
        id="next-side"
        label="Then"
        options={SIDES}
        words={SIDE_WORDS}
        chosen={draft.nextSide}
        onChoose={(nextSide) => onChange({ ...draft, nextSide })}
      />
      <AmountField
        id={NEXT_QUANTITY_ID}
        label="Quantity"
        unit={info.baseAsset}
        value={draft.nextAmount}
        step={info.stepSize}
        placeholder={byItself === "" ? "0" : byItself}
        hint={
          isAfterFee ? "Empty: what the first order brings, after its fee." : "Empty: as the first order."
        }
        refusal={refusal?.field === NEXT_QUANTITY_ID ? refusal : undefined}
        onChange={(nextAmount) => onChange({ ...draft, nextAmount })}
      />
    </>
  );
}
