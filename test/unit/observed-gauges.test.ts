import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { openMetrics } from "#shared/telemetry/open-metrics.ts";
import { type Scraped, serveScrapes } from "#test/support/scrape.ts";

describe("gauges as a scrape shows them", () => {
  let metrics: Metrics;
  let scraped: Scraped;
  beforeEach(async () => {
    const open = openMetrics({ service: "gateway" });
    metrics = open.metrics;
    scraped = await serveScrapes(open);
  });
  afterEach(() => scraped.close());

  const shown = async (name: string) =>
    (await scraped.scrape()).split("\n").filter((line) => line.startsWith(name));

  it("are what is read then: a series of which nothing is told any more is gone", async () => {
    let lag: number | null = 0.25;
    metrics.observe("meridian_replica_lag_seconds", () =>
      lag === null ? [] : [{ value: lag, labels: { shard: "crypto-1" } }],
    );
    expect(await shown("meridian_replica_lag_seconds")).to.deep.equal([
      'meridian_replica_lag_seconds{shard="crypto-1",service="gateway"} 0.25',
    ]);
    lag = null;
    expect(await shown("meridian_replica_lag_seconds")).to.deep.equal([]);
    lag = 3;
    expect(await shown("meridian_replica_lag_seconds")).to.have.lengthOf(1);
  });

  it("are read from every part that has some of a name", async () => {
    for (const shard of ["crypto-1", "stocks-1"])
      metrics.observe("meridian_folded_seq", () => [{ value: 7, labels: { shard } }]);
    expect(await shown("meridian_folded_seq")).to.have.lengthOf(2);
  });

  it("do not take the others with them when one cannot be read", async () => {
    metrics.observe("meridian_folded_seq", () => {
      throw new Error("the fold is not open yet");
    });
    metrics.observe("meridian_socket_connections", () => [{ value: 4, labels: {} }]);
    expect(await shown("meridian_folded_seq")).to.deep.equal([]);
    expect(await shown("meridian_socket_connections")).to.have.lengthOf(1);
  });
});
