import { describedBy, FieldNote } from "./amount-field.tsx";
import type { Refusal } from "./refusal.ts";

interface SelectFieldProps<T extends string> {
  readonly id: string;
  readonly label: string;
  readonly options: readonly T[];
  readonly words: Readonly<Record<T, string>>;
  readonly chosen: T;
  readonly hint?: string | undefined;
  readonly refusal?: Refusal | undefined;
  readonly onChoose: (value: T) => void;
}

/** One of several, as a list that opens. */
export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const { id, label, options, words, chosen, hint, refusal, onChoose } = props;
  const choose = (value: string) => {
    const option = options.find((each) => each === value);
    if (option !== undefined) onChoose(option);
  };
  return (
    <div className="field">
      <div className="field inline">
        <label htmlFor={id}>{label}</label>
        <select
          id={id}
          value={chosen}
          aria-invalid={refusal !== undefined}
          aria-describedby={describedBy(id, hint, refusal)}
          onChange={({ target }) => choose(target.value)}
        >
          {options.map((option) => (
            <option key={option} value={option}>
              {words[option]}
            </option>
          ))}
        </select>
      </div>
      <FieldNote {...{ id, hint, refusal }} />
    </div>
  );
}
