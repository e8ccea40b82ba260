import type { Refusal } from "./refusal.ts";

/** A refusal: the trader's words, and the exchange's own below them. */
export function RefusalText({ id, refusal }: { readonly id?: string; readonly refusal: Refusal }) {
  return (
    <p className="refusal" role="alert" id={id}>
      {refusal.text}
      {refusal.detail !== undefined && <small>{refusal.detail}</small>}
    </p>
  );
}
