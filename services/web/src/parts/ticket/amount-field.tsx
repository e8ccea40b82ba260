import type { KeyboardEvent, ReactNode } from "react";
import type { Refusal } from "./refusal.ts";
import { RefusalText } from "./refusal-text.tsx";
import { stepped } from "./ticket-draft.ts";

interface AmountFieldProps {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly value: string;
  /** What the arrow keys add and take. */
  readonly step: string;
  readonly placeholder?: string | undefined;
  /** Shown below the field, and read with it; a refusal takes its place. */
  readonly hint?: string | undefined;
  readonly refusal: Refusal | undefined;
  readonly onChange: (value: string) => void;
  readonly children?: ReactNode;
}

/** A decimal with its unit. Up and down move it by a step, with Shift by ten. */
export function AmountField(props: AmountFieldProps) {
  const { id, label, unit, value, step, placeholder = "0", hint, refusal, onChange, children } = props;
  const move = (event: KeyboardEvent) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    onChange(stepped(value, step, (event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 10 : 1)));
  };
  return (
    <div className="field">
      <div className="label">
        <label htmlFor={id}>
          {label} <small>{unit}</small>
        </label>
        {children}
      </div>
      <input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={value}
        aria-invalid={refusal !== undefined}
        aria-describedby={describedBy(id, hint, refusal)}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={move}
      />
      <FieldNote {...{ id, hint, refusal }} />
    </div>
  );
}

interface NoteProps {
  readonly id: string;
  readonly hint: string | undefined;
  readonly refusal: Refusal | undefined;
}

/** What stands below a field: why it was refused, else what it is for. */
export function FieldNote({ id, hint, refusal }: NoteProps) {
  if (refusal !== undefined) return <RefusalText id={`${id}-refusal`} refusal={refusal} />;
  return hint === undefined ? null : (
    <small className="hint" id={`${id}-hint`}>
      {hint}
    </small>
  );
}

/** The id of what stands below a field. */
export function describedBy(id: string, hint: string | undefined, refusal: Refusal | undefined) {
  if (refusal !== undefined) return `${id}-refusal`;
  return hint === undefined ? undefined : `${id}-hint`;
}
