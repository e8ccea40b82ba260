import { readFileSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { metricsPage } from "#local/docs/metrics-page.ts";
import { BalanceMemory } from "#services/gateway/views/balance-memory.ts";
import type { AccountId, AssetId } from "#shared/domain/ids.ts";
import { METRICS } from "#shared/telemetry/metric-catalogue.ts";
import type { MetricDefinition } from "#shared/telemetry/metric-definition.ts";

const CATALOGUE = Object.entries<MetricDefinition>(METRICS);
const [ADA, BOB] = [1 as AccountId, 2 as AccountId];
const USDT = "USDT" as AssetId;

describe("the catalogue of metrics", () => {
  it("names metrics as Prometheus' conventions ask", () => {
    for (const [name, { kind, unit, labels, buckets }] of CATALOGUE) {
      expect(name).to.match(/^meridian_[a-z_]+$/);
      expect(name.endsWith("_total"), `${name}: only counters end in _total`).to.equal(kind === "counter");
      if (unit === "s") expect(name, "seconds are named").to.match(/_seconds$/);
      if (unit === "By") expect(name, "bytes are named").to.match(/_bytes$/);
      expect(buckets !== undefined, `${name}: histograms have buckets`).to.equal(kind === "histogram");
      expect([...(buckets ?? [])]).to.deep.equal([...(buckets ?? [])].sort((a, b) => a - b));
      // Each of them is the process's own.
      expect(labels, name).not.to.include.oneOf(["service", "region", "zone"]);
    }
  });

  it("is what docs/metrics.md says; `npm run metrics` writes it", () => {
    expect(readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8")).to.equal(metricsPage());
  });
});

describe("the residual of a shard's money", () => {
  const opened = () => {
    const memory = new BalanceMemory([], []);
    memory.fold({ kind: "Deposited", account: ADA, asset: USDT, amount: 100 });
    memory.fold({ kind: "BalanceChanged", account: ADA, asset: USDT, free: 100, locked: 0 });
    return memory;
  };

  it("is 0 while what accounts have is what came in and did not leave", () => {
    const memory = opened();
    memory.fold({ kind: "BalanceChanged", account: ADA, asset: USDT, free: 30, locked: 50 });
    memory.fold({ kind: "BalanceChanged", account: BOB, asset: USDT, free: 20, locked: 0 });
    expect(memory.residuals()).to.deep.equal([{ asset: USDT, residual: 0 }]);
    memory.fold({ kind: "Withdrawn", account: BOB, asset: USDT, amount: 20 });
    memory.fold({ kind: "BalanceChanged", account: BOB, asset: USDT, free: 0, locked: 0 });
    expect(memory.residuals()).to.deep.equal([{ asset: USDT, residual: 0 }]);
  });

  it("shows money that was made, and money that was lost", () => {
    const memory = opened();
    memory.fold({ kind: "BalanceChanged", account: BOB, asset: USDT, free: 7, locked: 0 });
    expect(memory.residuals()).to.deep.equal([{ asset: USDT, residual: 7 }]);
    memory.fold({ kind: "BalanceChanged", account: ADA, asset: USDT, free: 90, locked: 0 });
    expect(memory.residuals()).to.deep.equal([{ asset: USDT, residual: -3 }]);
  });
});
