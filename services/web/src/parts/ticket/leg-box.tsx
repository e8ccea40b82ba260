import { triggerWords } from "./explanation.ts";
import { fieldId } from "./field-id.ts";
import { LegOptions } from "./leg-options.tsx";
import { LegPrices, type LegProps } from "./leg-prices.tsx";
import { SelectField } from "./select-field.tsx";
import { LEG_TYPES } from "./ticket-draft.ts";
import { TYPE_WORDS } from "./words.ts";

interface LegBoxProps extends LegProps {
  readonly title: string;
  readonly quantity: string;
}

/** One order of a list with its own fields. */
export function LegBox({ title, quantity, ...props }: LegBoxProps) {
  const { name, leg, side, info, onChange } = props;
  const words = triggerWords(leg, side, info);
  return (
    <fieldset className="leg">
      <legend>{title}</legend>
      <SelectField
        id={`${fieldId(name, "price")}-type`}
        label="Type"
        options={LEG_TYPES[name]}
        words={TYPE_WORDS}
        chosen={leg.type}
        onChoose={(type) => onChange({ type })}
      />
      <LegPrices {...props} />
      <LegOptions {...props} quantity={quantity} isAdvanced />
      {words !== undefined && <p className="hint">{words}</p>}
    </fieldset>
  );
}
