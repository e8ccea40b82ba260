import type { OrderType } from "#shared/domain/order.ts";
import { Choice } from "../choice.tsx";
import type { Kind } from "./ticket-draft.ts";

const PLAIN: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: "LIMIT", label: "Limit" },
  { value: "MARKET", label: "Market" },
  { value: "LIMIT_MAKER", label: "Post only" },
];
const ADVANCED: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: "STOP", label: "Stop" },
  { value: "TAKE_PROFIT", label: "Take profit" },
  { value: "OCO", label: "OCO" },
  { value: "OTO", label: "OTO" },
  { value: "OTOCO", label: "OTOCO" },
];
/** The type that a market must have for a kind. */
const NEEDS: Partial<Readonly<Record<Kind, OrderType>>> = { STOP: "STOP_LOSS", TAKE_PROFIT: "TAKE_PROFIT" };

interface KindChoiceProps {
  readonly kind: Kind;
  readonly orderTypes: readonly OrderType[];
  readonly isAdvanced: boolean;
  readonly onChoose: (kind: Kind) => void;
  readonly onToggle: () => void;
}

/** What is placed: three kinds at a click, the others behind one more. */
export function KindChoice({ kind, orderTypes, isAdvanced, onChoose, onToggle }: KindChoiceProps) {
  const advanced = ADVANCED.filter(({ value }) => {
    const needed = NEEDS[value];
    return needed === undefined || orderTypes.includes(needed);
  });
  return (
    <>
      <Choice label="Order type" options={PLAIN} chosen={kind} onChoose={onChoose} />
      <button
        type="button"
        className="advanced"
        aria-expanded={isAdvanced}
        aria-controls="advanced-kinds"
        onClick={onToggle}
      >
        Advanced
      </button>
      <div id="advanced-kinds" hidden={!isAdvanced}>
        <Choice label="Advanced order type" options={advanced} chosen={kind} onChoose={onChoose} />
      </div>
    </>
  );
}
