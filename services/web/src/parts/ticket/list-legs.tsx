import type { SymbolInfo } from "../../state/types.ts";
import { LegBox } from "./leg-box.tsx";
import { NextAmount } from "./next-amount.tsx";
import type { Refusal } from "./refusal.ts";
import { type LegName, legNames, quantityOf, sideOf, type TicketDraft, withLeg } from "./ticket-draft.ts";

const TITLES: Readonly<Record<LegName, string>> = {
  first: "First",
  profit: "Profit",
  stop: "Stop",
  next: "Second order",
};

interface ListLegsProps {
  readonly draft: TicketDraft;
  readonly info: SymbolInfo;
  readonly last: string | undefined;
  readonly refusal: Refusal | undefined;
  readonly onChange: (draft: TicketDraft) => void;
}

/** The orders of a list beside the first one, each with its own fields. */
export function ListLegs({ draft, info, last, refusal, onChange }: ListLegsProps) {
  return (
    <>
      {draft.list !== "OCO" && <NextAmount {...{ draft, info, refusal, onChange }} />}
      {legNames(draft)
        .filter((name) => name !== "first")
        .map((name) => (
          <LegBox
            key={name}
            {...{ name, info, last, refusal }}
            title={TITLES[name]}
            leg={draft.legs[name]}
            side={sideOf(draft, name)}
            quantity={quantityOf(draft, name, info)}
            onChange={(change) => onChange(withLeg(draft, name, change))}
          />
        ))}
    </>
  );
}
