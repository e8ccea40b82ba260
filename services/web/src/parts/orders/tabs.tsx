import type { KeyboardEvent } from "react";

interface TabsProps<T extends string> {
  readonly label: string;
  readonly names: readonly T[];
  readonly chosen: T;
  readonly counts: Partial<Readonly<Record<T, number>>>;
  /** The element that shows what is chosen. */
  readonly panelId: string;
  readonly onChoose: (name: T) => void;
}

/** Tabs as screen readers and keyboards expect them: one stop for Tab, arrows between. */
export function Tabs<T extends string>({ label, names, chosen, counts, panelId, onChoose }: TabsProps<T>) {
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = (names.indexOf(chosen) + step + names.length) % names.length;
    const name = names[index];
    if (name === undefined) return;
    onChoose(name);
    event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[index]?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} tabIndex={-1} onKeyDown={move}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          aria-selected={chosen === name}
          aria-controls={panelId}
          tabIndex={chosen === name ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {name}
          {(counts[name] ?? 0) > 0 && <b className="count">{counts[name]}</b>}
        </button>
      ))}
    </div>
  );
}
