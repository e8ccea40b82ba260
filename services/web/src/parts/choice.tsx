interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly label: string; readonly className?: string }[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
  readonly className?: string;
}

/** One of a few, as buttons side by side. */
export function Choice<T extends string>({ label, options, chosen, onChoose, className }: ChoiceProps<T>) {
  return (
    <fieldset className={className ?? "choice"} aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          className={option.className}
          aria-pressed={option.value === chosen}
          onClick={() => onChoose(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
