import type { AuditEntry, AuditQuery, AuditTrail } from "#shared/ports/audit-trail.ts";
import type { Dynamo } from "./dynamo.ts";
import { IS_NEW } from "./expressions.ts";
import { textOf } from "./row.ts";

/** One key for all of a Region: operators act seldom. */
const PK = "AUDIT";

/** Opens a Region's audit trail. Its task may put items, and has no right to change or delete one. */
export function openDynamoAuditTrail({ dynamo }: { readonly dynamo: Dynamo }): AuditTrail {
  return {
    write: async (entry) => {
      // What is there already stays: a put that replaced it would change the past.
      await dynamo.put("audit", { pk: PK, sk: entry.id, entry: JSON.stringify(entry) }, IS_NEW);
    },
    read: async ({ before, limit }: AuditQuery) => {
      const rows = await dynamo.query("audit", {
        hash: ["pk", PK],
        ...(before === undefined ? {} : { range: { name: "sk", to: before } }),
        isBackward: true,
        // The bound is inclusive.
        limit: before === undefined ? limit : limit + 1,
      });
      const entries = rows.map((row) => JSON.parse(textOf(row, "entry")) as AuditEntry);
      return entries.filter(({ id }) => id !== before).slice(0, limit);
    },
    close: async () => {},
  };
}
