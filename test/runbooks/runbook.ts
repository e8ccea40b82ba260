/** A command of a runbook, and what its output must show. */
export interface Step {
  /** The heading under which it stands. */
  readonly section: string;
  /** Words behind `npm run ops --`. */
  readonly args: readonly string[];
  /** Lines of the output; `…` stands for anything. */
  readonly expected: readonly string[];
}

/** What the front matter of an alert's page says of the state in which its commands are run. */
export interface PageState {
  readonly state: string;
  /** The section before which whatever caused the state ends; where none is named the page's own commands end it. */
  readonly until: string | undefined;
}

const BLOCK = /^## (.+)$|```(sh|text|promql)\n([\s\S]*?)```/gm;
const OPS = /^npm run ops -- (.+)$/;
const FRONT = /^---\n([\s\S]*?)\n---\n/;

/** The commands of a page, in order; a `text` block is what the command before it must show. */
export function stepsOf(page: string): Step[] {
  const steps: Step[] = [];
  let section = "";
  for (const [, heading, kind, text = ""] of page.matchAll(BLOCK)) {
    if (heading !== undefined) section = heading;
    const lines = text.trim().split("\n");
    if (kind === "sh") {
      for (const line of lines) {
        const words = OPS.exec(line)?.[1]?.split(" ");
        if (words === undefined) throw new Error(`a runbook's commands are of npm run ops, not: ${line}`);
        steps.push({ section, args: words, expected: [] });
      }
    } else if (kind === "text") {
      const last = steps.pop();
      if (last === undefined) throw new Error("an expected output without a command");
      steps.push({ ...last, expected: lines });
    }
  }
  return steps;
}

/** The page without its front matter. */
export function bodyOf(page: string): string {
  return page.replace(FRONT, "");
}

/** `undefined` for a page that says nothing of it. Throws for one that says it wrongly. */
export function stateOf(page: string): PageState | undefined {
  const front = FRONT.exec(page)?.[1];
  if (front === undefined) return undefined;
  const entries = new Map(front.split("\n").map((line) => splitOnce(line)));
  const state = entries.get("state");
  const unknown = [...entries.keys()].filter((key) => !["state", "until"].includes(key));
  if (state === undefined || unknown.length > 0) throw new Error(`front matter of another form: ${front}`);
  return { state, until: entries.get("until") };
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(": ");
  return [line.slice(0, at), line.slice(at + 2)];
}

/** True where the parts of the expected line stand in one line of the output, in order. */
export function shows(output: string, expected: string): boolean {
  const parts = expected.split("…").map((part) => part.trim());
  return output.split("\n").some((line) => {
    let from = 0;
    return parts.every((part) => {
      const at = line.indexOf(part, from);
      from = at + part.length;
      return at >= 0;
    });
  });
}

/** The PromQL that a page shows. */
export function queryOf(page: string): string | undefined {
  return [...page.matchAll(BLOCK)].find(([, , kind]) => kind === "promql")?.[3]?.trim();
}

/** What somebody needs at night, in this order. */
export const SECTIONS: readonly string[] = [
  "What it means",
  "Who feels what",
  "The first five minutes",
  "Diagnosis",
  "Mitigation",
  "What not to do",
  "What must hold afterwards",
  "Rollback",
  "Escalation, and what to tell customers",
  "Why this threshold",
  "Last rehearsal",
];
