import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { KeptPrometheus } from "#local/observe/kept-prometheus.ts";
import { prometheusProgram } from "#local/observe/prometheus-program.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { tryPlatformProcess } from "#test/support/platform-process.ts";

describe("a platform that is watched", function () {
  this.timeout(120_000);
  const folders = temporaryFolders();
  after(() => folders.removeAll());

  it("runs without Prometheus where that is not installed, and says so in one line and on the page", async () => {
    const args = ["--port", "0", "--regions", "1", "--no-bots", "--observe", "--data", folders.make()];
    const token = "operator-token-of-this-test";
    const platform = await tryPlatformProcess(args, {
      env: { PATH: "/nowhere", MERIDIAN_OPERATOR_TOKEN: token },
    });
    if (!("url" in platform)) throw new Error(platform.stderr);
    const ask = async (path: string) => {
      const answer = await fetch(`${platform.url}/ops/v1/${path}`, {
        headers: { Authorization: `Bearer ${token}` },
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    await becomesTrue("the status is answered", async () => (await ask("status")).status === 200);
    expect((await ask("status")).body).to.include({ metrics: "not-installed", isAlerting: false });
    expect((await ask("boards/front-page")).status).to.equal(503);
    const { stdout } = await platform.kill("SIGTERM");
    expect(stdout).to.match(/^Prometheus is not installed.*PROMETHEUS_PATH\.$/m);
    expect(stdout).to.match(/^Operations: http:\/\/localhost:\d+\/ops#token=[\w-]{20,}$/m);
  });

  it("cannot be one process: that is refused in one line", async () => {
    const args = ["--embedded", "--observe", "--port", "0", "--data", folders.make()];
    const ending = await tryPlatformProcess(args);
    if ("url" in ending) throw new Error("it started");
    expect(ending).to.include({ exitCode: 1, stdout: "" });
    expect(ending.stderr).to.match(/^.*--observe watches processes.*\n$/);
  });

  it("has its Prometheus back when that was killed, with what it had scraped before", async () => {
    const folder = folders.make();
    const pidFile = join(folder, "pid");
    const program = join(folder, "prometheus.sh");
    writeFileSync(program, `#!/bin/sh\necho $$ > ${pidFile}\nexec ${prometheusProgram()} "$@"\n`, {
      mode: 0o755,
    });
    const targetsFile = join(folder, "targets.json");
    writeFileSync(targetsFile, JSON.stringify([{ targets: ["127.0.0.1:1"], labels: { process: "gone" } }]));
    // As the default data folder is: from where the program was started.
    const from = (path: string) => relative(process.cwd(), path);
    const options = {
      program,
      folder: from(join(folder, "kept")),
      targetsFile: from(targetsFile),
      scrapeSeconds: 1,
    };
    let ups = 0;
    const kept = new KeptPrometheus({ ...options, clock: systemClock() }, () => ups++);
    const down = async () => {
      const { standing } = kept;
      if (standing.kind !== "up") return false;
      const found = await standing.client.query('min_over_time(up{process="gone"}[5m])').catch(() => []);
      return found[0]?.value === 0;
    };
    try {
      await eventually(down);
      process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
      await eventually(() => kept.standing.kind === "down");
      await eventually(() => kept.standing.kind === "up" && ups === 2);
      await eventually(down);
    } finally {
      await kept.stop();
    }
    expect(kept.standing.kind).to.equal("down");
  });
});
