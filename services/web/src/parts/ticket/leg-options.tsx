import { divide, unitsOf } from "../../money/decimal.ts";
import { AmountField } from "./amount-field.tsx";
import { DateField, localTime } from "./date-field.tsx";
import { fieldId } from "./field-id.ts";
import { isTillDate, mayBeIceberg, timeInForceOf, timesInForce } from "./leg-draft.ts";
import type { LegProps } from "./leg-prices.tsx";
import { SelectField } from "./select-field.tsx";
import { TIME_WORDS } from "./words.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const ONE = 100_000_000n;

interface LegOptionsProps extends LegProps {
  /** Of the order, as text. */
  readonly quantity: string;
  /** True where the page shows the advanced part. */
  readonly isAdvanced: boolean;
}

/** How long an order works, and how much of it is seen: the fields that its type has. */
export function LegOptions(props: LegOptionsProps) {
  const { name, leg, info, refusal, onChange, quantity, isAdvanced } = props;
  const refusalAt = (id: string) => (refusal?.field === id ? refusal : undefined);
  const [timeId, dateId, icebergId] = [
    fieldId(name, "time-in-force"),
    fieldId(name, "good-till"),
    fieldId(name, "iceberg"),
  ];
  const times = timesInForce(leg.type);
  return (
    <>
      {times.length > 0 && (
        <SelectField
          id={timeId}
          label="Time in force"
          options={times}
          words={TIME_WORDS}
          chosen={timeInForceOf(leg)}
          refusal={refusalAt(timeId)}
          onChoose={(timeInForce) => {
            const isFirst = timeInForce === "GTD" && leg.goodTill === "";
            onChange({ timeInForce, ...(isFirst ? { goodTill: localTime(Date.now() + DAY_MS) } : {}) });
          }}
        />
      )}
      {isTillDate(leg) && (
        <DateField
          id={dateId}
          label="Good till"
          value={leg.goodTill}
          hint="Your local time; what is open then expires."
          refusal={refusalAt(dateId)}
          onChange={(goodTill) => onChange({ goodTill })}
        />
      )}
      {isAdvanced && mayBeIceberg(leg) && (
        <AmountField
          id={icebergId}
          label="Iceberg: visible"
          unit={info.baseAsset}
          value={leg.iceberg}
          step={info.stepSize}
          placeholder="all"
          hint={icebergHint(quantity, leg.iceberg)}
          refusal={refusalAt(icebergId)}
          onChange={(iceberg) => onChange({ iceberg })}
        />
      )}
    </>
  );
}

function icebergHint(quantity: string, iceberg: string): string {
  const parts = divide(unitsOf(quantity) ?? 0n, unitsOf(iceberg) ?? 0n);
  if (parts <= ONE) return "How much the book shows at a time.";
  return `The book shows it in ${(parts + ONE - 1n) / ONE} parts, each behind the others.`;
}
