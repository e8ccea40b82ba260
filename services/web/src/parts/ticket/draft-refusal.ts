import { unitsOf } from "../../money/decimal.ts";
import { fieldId, NEXT_QUANTITY_ID, QUANTITY_ID } from "./field-id.ts";
import { hasPrice, hasTrigger, isTillDate, type LegDraft, mayBeIceberg } from "./leg-draft.ts";
import type { Refusal } from "./refusal.ts";
import { isByTotal, type LegName, legNames, type TicketDraft } from "./ticket-draft.ts";
import { bipsOf } from "./trailing.ts";

/** What is not worth sending: a field that holds no number. What the numbers must be is the exchange's to say. */
export function refusalOfDraft(draft: TicketDraft): Refusal | undefined {
  const names = legNames(draft);
  const before = names.filter((name) => name === "first");
  const after = names.filter((name) => name !== "first");
  const ofLegs = (some: readonly LegName[]) =>
    some.map((name) => refusalOfLeg(name, draft.legs[name])).find((refusal) => refusal !== undefined);
  return ofLegs(before) ?? refusalOfAmount(draft) ?? ofLegs(after) ?? refusalOfNextAmount(draft);
}

function refusalOfLeg(name: LegName, leg: LegDraft): Refusal | undefined {
  const number = (
    field: "price" | "stop-price" | "iceberg",
    value: string,
    what: string,
    example: string,
  ) => {
    const text = numberProblem(value, what, example);
    return text === undefined ? undefined : { field: fieldId(name, field), text };
  };
  const isEmpty = (value: string) => value.trim() === "";
  if (hasTrigger(leg)) {
    if (isEmpty(leg.stopPrice) && isEmpty(leg.trailing))
      return { field: fieldId(name, "stop-price"), text: "Enter a stop price, or how far it trails." };
    const stop = isEmpty(leg.stopPrice)
      ? undefined
      : number("stop-price", leg.stopPrice, "a stop price", "63000.50");
    if (stop !== undefined) return stop;
    if (!isEmpty(leg.trailing) && (bipsOf(leg.trailing) ?? 0) === 0)
      return {
        field: fieldId(name, "trailing"),
        text: "Enter a percentage above zero such as 1.5, in steps of 0.01.",
      };
  }
  const price = hasPrice(leg) ? number("price", leg.price, "a price", "64000.50") : undefined;
  if (price !== undefined) return price;
  if (isTillDate(leg) && Number.isNaN(new Date(leg.goodTill).getTime()))
    return { field: fieldId(name, "good-till"), text: "Enter the day and time when it expires." };
  return mayBeIceberg(leg) && !isEmpty(leg.iceberg)
    ? number("iceberg", leg.iceberg, "a visible quantity", "0.05")
    : undefined;
}

function refusalOfAmount(draft: TicketDraft): Refusal | undefined {
  const what = isByTotal(draft) ? "a total" : "a quantity";
  const text = numberProblem(draft.amount, what, "0.25");
  return text === undefined ? undefined : { field: QUANTITY_ID, text };
}

/** Empty is as much as the first order leaves. */
function refusalOfNextAmount({ list, nextAmount }: TicketDraft): Refusal | undefined {
  if ((list !== "OTO" && list !== "OTOCO") || nextAmount.trim() === "") return undefined;
  const text = numberProblem(nextAmount, "a quantity", "0.25");
  return text === undefined ? undefined : { field: NEXT_QUANTITY_ID, text };
}

/** What is wrong with a number that a person typed; `undefined` for nothing. */
export function numberProblem(text: string, what: string, example: string): string | undefined {
  if (text.trim() === "") return `Enter ${what}.`;
  const units = unitsOf(text);
  if (units === undefined) return `Enter ${what} as a number such as ${example}, with a point and no commas.`;
  return units === 0n ? `Enter ${what} above zero.` : undefined;
}
