import type { OrderType } from "#shared/domain/order.ts";
import { Choice } from "../choice.tsx";
import { SelectField } from "./select-field.tsx";
import { kindOf, LEG_TYPES, type TicketDraft, withLeg } from "./ticket-draft.ts";
import { TYPE_WORDS } from "./words.ts";

interface FirstTypeProps {
  readonly draft: TicketDraft;
  readonly onChange: (draft: TicketDraft) => void;
}

/** What a kind leaves open about its first order: a stop or take profit trades at the market or at a limit, a list begins with a limit order or one that is post only. */
export function FirstType({ draft, onChange }: FirstTypeProps) {
  const { type } = draft.legs.first;
  const choose = (type: OrderType) => onChange(withLeg(draft, "first", { type }));
  switch (kindOf(draft)) {
    case "STOP":
      return <AtTrigger market="STOP_LOSS" limit="STOP_LOSS_LIMIT" chosen={type} onChoose={choose} />;
    case "TAKE_PROFIT":
      return <AtTrigger market="TAKE_PROFIT" limit="TAKE_PROFIT_LIMIT" chosen={type} onChoose={choose} />;
    case "OTO":
    case "OTOCO":
      return (
        <SelectField
          id="first-type"
          label="First order"
          options={LEG_TYPES.first}
          words={TYPE_WORDS}
          chosen={type}
          onChoose={choose}
        />
      );
    default:
      return null;
  }
}

interface AtTriggerProps {
  readonly market: OrderType;
  readonly limit: OrderType;
  readonly chosen: OrderType;
  readonly onChoose: (type: OrderType) => void;
}

function AtTrigger({ market, limit, chosen, onChoose }: AtTriggerProps) {
  return (
    <Choice
      label="When triggered"
      options={[
        { value: market, label: "At the market" },
        { value: limit, label: "At a limit" },
      ]}
      chosen={chosen}
      onChoose={onChoose}
    />
  );
}
