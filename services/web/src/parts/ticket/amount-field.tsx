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
  /** Shown below the field, and read with it. */
  readonly refusal: Refusal | undefined;
  readonly onChange: (value: string) => void;
  readonly children?: ReactNode;
}

/** A decimal with its unit. Up and down move it by a step, with Shift by ten. */
export function AmountField({ id, label, unit, value, step, refusal, onChange, children }: AmountFieldProps) {
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
        placeholder="0"
        value={value}
        aria-invalid={refusal !== undefined}
        aria-describedby={refusal === undefined ? undefined : `${id}-refusal`}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={move}
      />
      {refusal !== undefined && <RefusalText id={`${id}-refusal`} refusal={refusal} />}
    </div>
  );
}
