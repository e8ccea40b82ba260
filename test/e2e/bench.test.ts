import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { describe, it } from "mocha";

const MAIN = fileURLToPath(new URL("../../bench/main.ts", import.meta.url));
const run = promisify(execFile);

describe("npm run bench", function () {
  this.timeout(120_000);

  it("measures latency through REST and Socket.IO against the real platform and against bare echoes", async () => {
    const args = ["latency", "--runs", "1", "--seconds", "1", "--no-write"];
    const { stdout } = await run(process.execPath, [MAIN, ...args]);
    for (const server of ["bare Express echo", "Meridian, POST", "bare Socket.IO echo", "Meridian, event"]) {
      expect(stdout).to.match(new RegExp(`^${server}.* +[\\d.]+ ms +[\\d.]+ ms +[\\d.]+ ms$`, "m"));
    }
  });

  it("refuses a part that is not there, in one line", async () => {
    const failure = await run(process.execPath, [MAIN, "speed"]).catch((error: unknown) => error);
    expect(failure).to.include({
      code: 1,
      stderr: 'meridian: There is no part "speed"; parts: engine, rest, sockets, latency, telemetry.\n',
    });
  });
});
