import type { WireVerdictCommand } from "#shared/protocol/reconciliation-messages.ts";
import { trimmed } from "../../money/decimal.ts";

/** What became of a command of a fork, in words. */
export const VERDICT_WORDS: Readonly<Record<WireVerdictCommand["verdict"], string>> = {
  confirmed: "✓ stands",
  merged: "✓ had already reached the market another way",
  reduced: "◐ traded less than it had provisionally",
  refused: "✕ refused by the market",
  overtaken: "✕ came too late: the order had traded or ended",
  skipped: "– had traded nothing, and is not sent again",
};

/** An amount with its sign. */
export function adjustmentText(amount: string): string {
  const text = trimmed(amount);
  return text.startsWith("-") || text === "0" ? text.replace("-", "−") : `+${text}`;
}
