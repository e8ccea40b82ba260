import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openNdjsonMarketFeed } from "#shared/adapters/embedded/ndjson-market-feed.ts";
import { openSqliteLeaseTable } from "#shared/adapters/embedded/sqlite-lease-table.ts";
import { openSqliteLogMarks } from "#shared/adapters/embedded/sqlite-log-marks.ts";
import { adapters } from "./embedded-adapters.ts";
import { leaseTableContract } from "./lease-table-contract.ts";
import { logMarksContract } from "./log-marks-contract.ts";
import { marketFeedContract } from "./market-feed-contract.ts";

const { world, makePlace, removePlace } = adapters;

logMarksContract({
  ...{ world, makePlace, removePlace },
  logMarks: { open: async (place) => openSqliteLogMarks({ file: join(place, "marks.db") }) },
});
leaseTableContract({
  ...{ world, makePlace, removePlace },
  leaseTable: { open: async (place) => openSqliteLeaseTable({ file: join(place, "leases.db") }) },
});
marketFeedContract({
  ...{ world, makePlace, removePlace },
  openFeed: (place) => openNdjsonMarketFeed({ file: join(place, "feed.ndjson") }),
  published: (place) => readFile(join(place, "feed.ndjson"), "utf8"),
});
