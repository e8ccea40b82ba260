import { describedBy, FieldNote } from "./amount-field.tsx";
import type { Refusal } from "./refusal.ts";

interface DateFieldProps {
  readonly id: string;
  readonly label: string;
  /** Local, as `localTime` writes it. */
  readonly value: string;
  readonly hint: string;
  readonly refusal: Refusal | undefined;
  readonly onChange: (value: string) => void;
}

/** A day and a time where the trader is. */
export function DateField({ id, label, value, hint, refusal, onChange }: DateFieldProps) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="datetime-local"
        step="1"
        value={value}
        aria-invalid={refusal !== undefined}
        aria-describedby={describedBy(id, hint, refusal)}
        onChange={(event) => onChange(event.target.value)}
      />
      <FieldNote {...{ id, hint, refusal }} />
    </div>
  );
}

/** Epoch ms as the browser's field for a local day and time has it. */
export function localTime(time: number): string {
  const local = time - new Date(time).getTimezoneOffset() * 60_000;
  return new Date(local).toISOString().slice(0, 19);
}
