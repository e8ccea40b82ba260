/** A command of a runbook, and what its output must show. */
export interface Step {
  /** Words behind `npm run ops --`. */
  readonly args: readonly string[];
  /** Lines of the output; `…` stands for anything. */
  readonly expected: readonly string[];
}

const BLOCK = /```(sh|text|promql)\n([\s\S]*?)```/g;
const OPS = /^npm run ops -- (.+)$/;

/** The commands of a page, in order; a `text` block is what the command before it must show. */
export function stepsOf(page: string): Step[] {
  const steps: Step[] = [];
  for (const [, kind, text = ""] of page.matchAll(BLOCK)) {
    const lines = text.trim().split("\n");
    if (kind === "sh") {
      for (const line of lines) {
        const words = OPS.exec(line)?.[1]?.split(" ");
        if (words === undefined) throw new Error(`a runbook's commands are of npm run ops, not: ${line}`);
        steps.push({ args: words, expected: [] });
      }
    } else if (kind === "text") {
      const last = steps.pop();
      if (last === undefined) throw new Error("an expected output without a command");
      steps.push({ ...last, expected: lines });
    }
  }
  return steps;
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
  return [...page.matchAll(BLOCK)].find(([, kind]) => kind === "promql")?.[2]?.trim();
}
