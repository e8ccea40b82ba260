/** Why an order was not taken, in the trader's words. */
export interface Refusal {
  /** The id of the field that it concerns. */
  readonly field: string | undefined;
  readonly text: string;
  /** The exchange's own words and code; none for what the page itself noticed. */
  readonly detail?: string;
}
