import type { JudgedAlert } from "../alert-verdicts.ts";

/** What is said of an alert. */
export function verdictText({ verdict }: Pick<JudgedAlert, "verdict">): string {
  switch (verdict) {
    case "fired":
      return "fired, as it must";
    case "missing":
      return "DID NOT FIRE";
    case "unexpected":
      return "NOT EXPECTED";
    case "allowed":
      return "fired, and may";
    case "before":
      return "fired before already";
  }
}

export function afterText(seconds: number | null): string {
  return seconds === null ? "–" : `${seconds} s`;
}

/** When it was silent again. */
export function silentText({ verdict, silentAfterHeal }: JudgedAlert): string {
  if (verdict === "missing") return "–";
  return silentAfterHeal === null ? "not while watched" : `${silentAfterHeal} s`;
}
