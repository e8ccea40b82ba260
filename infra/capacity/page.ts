import { type MarkedPart, partOf, withPart } from "#infra/overview/page.ts";
import { ASSUMED, type Assumption } from "./assumptions.ts";
import { MEASURED, type Measurement } from "./measured.ts";
import { parseCapacityOptions } from "./options.ts";
import { capacityPlan } from "./plan.ts";
import { QUOTAS, type Quota } from "./quotas.ts";
import { capacityText } from "./text.ts";

const ANSWER: MarkedPart = {
  begin: "<!-- capacity: npm run capacity -- --write -->",
  end: "<!-- end of capacity -->",
};
const SOURCES: MarkedPart = {
  begin: "<!-- sources: npm run capacity -- --write -->",
  end: "<!-- end of sources -->",
};

/** docs/scaling.md with its computed parts as they are now. */
export function withCapacity(page: string): string {
  return withPart(withPart(page, ANSWER, answer()), SOURCES, sources());
}

/** The computed parts of the page, to be compared. */
export function capacityOf(page: string): readonly string[] {
  return [partOf(page, ANSWER), partOf(page, SOURCES)];
}

/** What `npm run capacity` prints without options. */
function answer(): string {
  const usual = parseCapacityOptions([]);
  if (usual.kind !== "run") throw new Error("the usual question is one");
  return `\`\`\`text\n${capacityText(usual.questions.map(capacityPlan), { sources: false }).trimEnd()}\n\`\`\`\n`;
}

function sources(): string {
  return [
    ...table(
      ["AWS's quota", "figure", "raised on request", "source"],
      Object.values<Quota>(QUOTAS).map(({ service, what, value, unit, canBeRaised, from }) => [
        `${service}: ${what}`,
        `${value.toLocaleString("en")} ${unit}`,
        canBeRaised ? "yes" : "",
        "found" in from
          ? `[read ${from.read}](${from.found})`
          : `**assumed**, to be checked [here](${from.assumed})`,
      ]),
    ),
    ...table(
      ["measured", "figure", "by"],
      Object.values<Measurement>(MEASURED).map(({ what, value, unit, command }) => [
        what,
        `${value.toLocaleString("en")} ${unit}`.trim(),
        `\`${command}\``,
      ]),
    ),
    ...table(
      ["assumed", "figure"],
      Object.values<Assumption>(ASSUMED).map(({ what, value, unit }) => [
        what,
        `${value.toLocaleString("en")} ${unit}`.trim(),
      ]),
    ),
  ].join("\n");
}

/** The second column holds figures. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at === 1 ? "---:" : "---"))), ...rows.map(line), ""];
}
