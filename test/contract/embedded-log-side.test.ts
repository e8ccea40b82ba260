import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BUS_SCHEMA } from "#shared/adapters/embedded/bus/bus-schema.ts";
import { openSqliteBusPositions } from "#shared/adapters/embedded/bus/sqlite-bus-positions.ts";
import { openNdjsonMarketFeed } from "#shared/adapters/embedded/ndjson-market-feed.ts";
import { openDatabase } from "#shared/adapters/embedded/open-database.ts";
import { openSqliteLeaseTable } from "#shared/adapters/embedded/sqlite-lease-table.ts";
import { openSqliteLogMarks } from "#shared/adapters/embedded/sqlite-log-marks.ts";
import { openSqliteNoticeStore } from "#shared/adapters/embedded/sqlite-notice-store.ts";
import { busPositionsContract } from "./bus-positions-contract.ts";
import { adapters } from "./embedded-adapters.ts";
import { leaseTableContract } from "./lease-table-contract.ts";
import { logMarksContract } from "./log-marks-contract.ts";
import { marketFeedContract } from "./market-feed-contract.ts";
import { noticeStoreContract } from "./notice-store-contract.ts";

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
noticeStoreContract({
  ...{ world, makePlace, removePlace },
  notices: {
    open: async (place, options) => openSqliteNoticeStore({ file: join(place, "notices.db"), ...options }),
  },
});
busPositionsContract({
  ...{ world, makePlace, removePlace },
  busPositions: {
    open: async (place) => {
      const database = openDatabase({ file: join(place, "bus.db") }, BUS_SCHEMA);
      const positions = openSqliteBusPositions(database);
      return { ...positions, close: async () => void (database.isOpen && database.close()) };
    },
  },
});
