import { join } from "node:path";
import { openSqliteLeaseTable } from "#shared/adapters/embedded/sqlite-lease-table.ts";
import { openSqliteLogMarks } from "#shared/adapters/embedded/sqlite-log-marks.ts";
import { adapters } from "./embedded-adapters.ts";
import { leaseTableContract } from "./lease-table-contract.ts";
import { logMarksContract } from "./log-marks-contract.ts";

const { world, makePlace, removePlace } = adapters;

logMarksContract({
  ...{ world, makePlace, removePlace },
  logMarks: { open: async (place) => openSqliteLogMarks({ file: join(place, "marks.db") }) },
});
leaseTableContract({
  ...{ world, makePlace, removePlace },
  leaseTable: { open: async (place) => openSqliteLeaseTable({ file: join(place, "leases.db") }) },
});
