import type { LeaseRecord, LeaseTable } from "#shared/ports/lease-table.ts";
import type { Dynamo } from "./dynamo.ts";
import { type Condition, IS_NEW } from "./expressions.ts";
import { numberOf, type Row, textOf } from "./row.ts";

/** Opens the Region's table of leases. A swap that was written unseen is found again as done: nobody else writes the same holder and beat. */
export function openDynamoLeaseTable({ dynamo }: { readonly dynamo: Dynamo }): LeaseTable {
  return {
    read: async (name) => {
      const row = await dynamo.get("memory", { pk: keyOf(name) });
      return row && recordOf(row);
    },
    swap: async (name, expected, next) => {
      const written = await dynamo.put("memory", { ...next, pk: keyOf(name) }, isStill(expected));
      if (written.ok || written.present === undefined) return written.ok;
      const present = recordOf(written.present);
      // A holder raises its beat with every write, so this is its own try before.
      return present.holder === next.holder && present.beat === next.beat && next.holder !== "";
    },
    close: async () => {},
  };
}

function isStill(expected: LeaseRecord | undefined): Condition {
  if (expected === undefined) return IS_NEW;
  const { holder, beat } = expected;
  return { expression: "#holder = :holder AND #beat = :beat", values: { holder, beat } };
}

function recordOf(row: Row): LeaseRecord {
  return { holder: textOf(row, "holder"), beat: numberOf(row, "beat") };
}

function keyOf(name: string): string {
  return `LEASE#${name}`;
}
