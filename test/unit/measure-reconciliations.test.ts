import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import { ReconciliationFeed } from "#services/gateway/reconciliations/reconciliation-feed.ts";
import { measureReconciliations } from "#services/gateway/telemetry/measure-reconciliations.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { openMetrics } from "#shared/telemetry/open-metrics.ts";
import { serveScrapes } from "#test/support/scrape.ts";

const SHARD = "crypto-1" as ShardId;
const FORK = "eu-west-1.2" as BranchId;
const BEGUN: Reconciliation = {
  id: `${SHARD}:${FORK}`,
  shard: SHARD,
  fork: FORK,
  branch: "us-east-1.1" as BranchId,
  epoch: 1,
  state: "replaying",
  startedSeq: 5 as Seq,
  endedSeq: 5 as Seq,
  startedAt: 1000,
  endedAt: 1000,
  commands: [],
  fills: [],
  adjustments: [],
};

describe("the metric of open reconciliations", () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  it("is scraped as one while a fork is replayed, and as none once it is reconciled", async () => {
    const open = openMetrics({ service: "gateway" });
    const { scrape, close } = await serveScrapes(open);
    closers.push(close);
    const scraped = async () => /^meridian_reconciliations_open\{.*\} (\d+)/m.exec(await scrape())?.[1];
    const feed = new ReconciliationFeed({
      get: async () => undefined,
      list: async () => [],
      conflictOf: async () => undefined,
    });
    measureReconciliations(feed, open.metrics, systemClock());

    feed.tell(BEGUN);
    expect(await scraped()).to.equal("1");
    feed.tell({ ...BEGUN, state: "reconciled" });
    expect(await scraped()).to.equal("0");
  });
});
