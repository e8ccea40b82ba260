import type { SelfTradePrevention } from "#shared/domain/order.ts";
import type { SymbolInfo } from "../../state/types.ts";
import { SELF_TRADE_ID } from "./field-id.ts";
import type { Refusal } from "./refusal.ts";
import { SelectField } from "./select-field.tsx";
import { SELF_TRADE_WORDS } from "./words.ts";

interface SelfTradeFieldProps {
  readonly info: SymbolInfo;
  /** `undefined`: the market's own. */
  readonly chosen: SelfTradePrevention | undefined;
  readonly refusal: Refusal | undefined;
  readonly onChoose: (mode: SelfTradePrevention) => void;
}

/** What happens where an order would meet one of the same account. */
export function SelfTradeField({ info, chosen, refusal, onChoose }: SelfTradeFieldProps) {
  return (
    <SelectField
      id={SELF_TRADE_ID}
      label="Self-trade"
      options={info.allowedSelfTradePrevention}
      words={SELF_TRADE_WORDS}
      chosen={chosen ?? info.defaultSelfTradePrevention}
      hint="Where it would meet an order of your own."
      refusal={refusal?.field === SELF_TRADE_ID ? refusal : undefined}
      onChoose={onChoose}
    />
  );
}
