import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { TRACKS, type Track } from "#dashboards/timeline.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { promtool } from "./promtool.ts";

/** What is there at a time: labels of each series, as promtool writes them. */
type Moments = Readonly<Record<string, readonly string[]>>;

describe("the timeline", () => {
  const folders = temporaryFolders();
  after(() => folders.removeAll());

  /** Asks Prometheus' own rule tests for a track's series at some times; what it says where they are others. */
  const shown = (
    id: Track["id"],
    input: Readonly<Record<string, string>>,
    at: Moments,
    by: string,
  ): string => {
    const expr = `count by (${by}) (${TRACKS.find((track) => track.id === id)?.expr})`;
    const test = {
      interval: "2s",
      input_series: Object.entries(input).map(([series, values]) => ({ series, values })),
      promql_expr_test: Object.entries(at).map(([eval_time, labels]) => ({
        ...{ expr, eval_time },
        exp_samples: labels.map((each) => ({ labels: `{${each}}`, value: 1 })),
      })),
    };
    const file = join(folders.make(), "tests.json");
    writeFileSync(file, JSON.stringify({ rule_files: [], evaluation_interval: "2s", tests: [test] }));
    const { status, stdout, stderr } = spawnSync(promtool(), ["test", "rules", file], { encoding: "utf8" });
    return status === 0 ? "" : stdout + stderr;
  };

  it("tells that a shard of a lost Region moved, and where to as soon as its owner is sure; a minute later no more", () => {
    const input = {
      'meridian_epoch{shard="c1",region="us"}': "1x10 _x60",
      'meridian_epoch{shard="c1",region="eu"}': "1x15 2x60",
      'meridian_epoch{shard="c2",region="eu"}': "5x80",
      'meridian_shard_owned{shard="c1",region="us"}': "1x10 _x60",
      'meridian_shard_owned{shard="c1",region="eu"}': "0x20 1x60",
      'meridian_shard_owned{shard="c2",region="eu"}': "1x80",
    };
    const at = { "20s": [], "36s": ['shard="c1"'], "50s": ['shard="c1",region="eu"'], "130s": [] };
    expect(shown("ownership", input, at, "shard, region")).to.equal("");
  });

  it("tells that a zone took over, and why", () => {
    const input = { 'meridian_zone_failovers_total{region="us",reason="silent"}': "0x10 1x60" };
    const at = { "16s": [], "30s": ['region="us",reason="silent"'], "110s": [] };
    expect(shown("zones", input, at, "region, reason")).to.equal("");
  });

  it("tells of experiments and of silent processes as long as they last", () => {
    const running = { 'meridian_experiment_running{experiment="latency"}': "0x5 1x10 0x10" };
    const during = ['experiment="latency"'];
    expect(shown("experiments", running, { "8s": [], "20s": during, "40s": [] }, "experiment")).to.equal("");
    const up = { 'up{job="meridian",process="us/a"}': "1x5 0x10 1x10" };
    expect(shown("processes", up, { "8s": [], "20s": ['process="us/a"'], "40s": [] }, "process")).to.equal(
      "",
    );
  });
});
