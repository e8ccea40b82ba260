import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";
import type { AuditAnswer } from "../platform.ts";

type Entry = AuditAnswer["entries"][number] & { readonly region: string };

const LINES_DEFAULT = 50;
const LINES_MAX = 500;
const REQUEST_CHARACTERS = 60;

/** Who did what. */
export const AUDIT: OpsCommand = {
  usage: "audit",
  what: `what operators did in each Region and what they were refused, the newest first: --limit (${LINES_DEFAULT}) lines`,
  examples: ["audit", "audit --limit 10", "audit --region eu-west-1 --json"],
  arity: 0,
  isDangerous: false,
  run: async (platform, { region, limit = LINES_DEFAULT }) => {
    const lines = Math.min(limit, LINES_MAX);
    const found = await Promise.all(
      (await platform.doors(region)).map(async (door) => {
        // An action has two entries.
        const path = `/meridian/v1/operator/audit?limit=${2 * lines}`;
        const { entries } = await platform.look<AuditAnswer>(path, door.place);
        return entries.map((entry): Entry => ({ region: door.region, ...entry }));
      }),
    );
    const actions = lastOfEach(found.flat()).slice(0, lines);
    const rows = actions.map(({ time, operator, from, region: name, operation, request, outcome, code }) => [
      new Date(time).toISOString(),
      operator === "" ? "(unknown)" : operator,
      from,
      name,
      operation,
      request.slice(0, REQUEST_CHARACTERS),
      code === 0 ? outcome : `${outcome} ${code}`,
    ]);
    const head = ["time", "who", "from", "region", "what", "asked for", "outcome"];
    const text = rows.length === 0 ? "No operator did anything yet." : table(head, rows);
    return { json: { actions }, text };
  },
};

/** One line an action: how it ended, or that it has only begun. The newest first. */
function lastOfEach(entries: readonly Entry[]): Entry[] {
  const byAction = new Map<string, Entry>();
  for (const entry of entries.toSorted((a, b) => a.time - b.time)) {
    byAction.set(`${entry.region} ${entry.action}`, entry);
  }
  return [...byAction.values()].sort((a, b) => b.time - a.time);
}
