import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import { parseBook } from "#local/replay/lobster-book.ts";
import { parseMessages } from "#local/replay/lobster-message.ts";
import { type ReplayResult, replay } from "#local/replay/replay.ts";
import { isExplained, replayReport } from "#local/replay/replay-report.ts";
import { makeRecording, type Recording } from "#test/support/lobster-recording.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { signUpTrader } from "#test/support/test-trader.ts";

const MAIN = fileURLToPath(new URL("../../local/replay/main.ts", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../fixtures/replay/", import.meta.url));
const MESSAGE_FILE = `${FIXTURES}made-up_message_10.csv`;
const BOOK_FILE = `${FIXTURES}made-up_orderbook_10.csv`;
/** The recording of the fixture files: every level is always in sight. */
const SHALLOW = { number: 21, messages: 150, levels: 10, depth: 10 };
/** Of twenty levels a side the book shows five. */
const DEEP = { number: 22, messages: 250, levels: 5, depth: 20 };

describe("replaying a recorded order flow", function () {
  const random = seededRandom(SEED);
  this.timeout(60_000);
  let folder: string;
  let region: RunningRegion;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "meridian-replay-test-"));
    const dataFolder = join(folder, "data");
    region = await startEmbeddedRegion({ port: 0, dataFolder, faucet: true, rateLimits: "generous" });
  });

  afterEach(async () => {
    await region.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("agrees with the recorded book on every level of every row where all of it is in sight", async () => {
    const result = await replayOf(makeRecording(SHALLOW));
    expect(result.comparison?.rowsByBestLevels).to.deep.equal(new Array(10).fill(150));
    expect(result.comparison?.places).to.deep.equal({
      agreeing: 3000,
      explained: { "never-shown": 0, "changed-out-of-sight": 0 },
      unexplained: 0,
    });
    expect(result.wrongOrders).to.deep.equal([]);
    expect(result.openOrders).to.be.greaterThan(10);
    expect(isExplained(result)).to.equal(true);
  });

  it("sends every kind of message, and takes orders older than the recording from the levels of row 1", async () => {
    const { counts, seededLevels } = await replayOf(makeRecording(SHALLOW));
    for (const kind of [
      "new",
      "partial-cancel",
      "delete",
      "execution",
      "hidden-execution",
      "halt",
    ] as const) {
      expect(counts.kinds[kind], kind).to.be.greaterThan(0);
    }
    expect(seededLevels).to.be.greaterThan(10);
    expect(counts.olderOrders).to.be.greaterThan(10);
    expect(counts.olderOrdersSeeded).to.equal(counts.olderOrders);
    expect(counts.olderNumbers).to.equal(counts.olderOrders);
  });

  it("explains every level that differs where the recording shows a part of the book only", async () => {
    const result = await replayOf(makeRecording(DEEP));
    const { comparison } = result;
    expect(comparison?.places.unexplained).to.equal(0);
    expect(comparison?.unexplained).to.deep.equal([]);
    expect(comparison?.places.explained["never-shown"]).to.be.greaterThan(0);
    expect(comparison?.places.explained["changed-out-of-sight"]).to.be.greaterThan(0);
    expect(comparison?.places.agreeing).to.be.greaterThan(1000);
    const older = comparison?.explained.reduce((sum, level) => sum + level.older, 0);
    expect(older, "shares proven to be of orders older than the recording").to.be.greaterThan(0);
    expect(result.wrongOrders).to.deep.equal([]);
  });

  it("cancels an order that had gone unseen when the recording trades or quotes through its price", async () => {
    const ask = (order: string) => `34200.1,1,${order},-1`;
    // Order 1 is deleted while order 2 hides it: with one level in the book, nothing is recorded of that.
    const messages = [
      ask("1,5,1010000"),
      ask("2,5,1005000"),
      "34200.3,4,2,5,1005000,-1",
      "34200.4,1,3,3,1012000,1",
    ];
    const [noAsk, noBid] = ["9999999999,0", "-9999999999,0"];
    const rows = [`1010000,5,${noBid}`, `1005000,5,${noBid}`, `${noAsk},${noBid}`, `${noAsk},1012000,3`];
    const result = await replayOf({ messages: messages.join("\n"), book: rows.join("\n") });
    expect(result.counts.goneUnseen).to.equal(1);
    const gone = {
      side: "SELL",
      price: 1_010_000,
      cause: "changed-out-of-sight",
      row: 3,
      difference: -5,
      older: 0,
      rows: 1,
    };
    expect(result.comparison?.explained).to.deep.equal([gone]);
    expect(result.comparison?.rowsByBestLevels).to.deep.equal([3]);
    expect(result.comparison?.places.agreeing).to.equal(7);
    expect(isExplained(result)).to.equal(true);
  });

  it("reports a recorded book that is wrong: row, level, what is there and what should be", async () => {
    const recording = makeRecording(SHALLOW);
    const rows = recording.book.split("\n");
    const [price = "", size = "", ...others] = (rows[79] ?? "").split(",");
    rows[79] = [price, Number(size) + 7, ...others].join(",");
    const result = await replayOf({ ...recording, book: rows.join("\n") });
    expect(isExplained(result)).to.equal(false);
    expect(result.comparison?.places.unexplained).to.equal(1);
    expect(result.comparison?.unexplained).to.deep.equal([
      {
        row: 80,
        side: "SELL",
        price: Number(price),
        recorded: Number(size) + 7,
        expected: Number(size) + 7,
        platform: Number(size),
      },
    ]);
    expect(replayReport(result)).to.match(/NOT EXPLAINED[\s\S]+ 80 {2}ask {2}100\./);
  });

  it("reports an order of somebody else who comes into the market during the replay", async () => {
    const other = await signUpTrader(region.url, "other");
    const order = { symbol: "AAPLUSD", side: "SELL", type: "LIMIT", timeInForce: "GTC", quantity: "1" };
    let placed: Promise<unknown> = Promise.resolve();
    const result = await replayOf(makeRecording(SHALLOW), (done) => {
      if (done === 50) placed = other.post("/api/v3/order", { ...order, price: "100.05" });
    });
    await placed;
    expect(isExplained(result)).to.equal(false);
    expect(result.comparison?.unexplained[0]?.price).to.equal(1_000_500);
  });

  it("leaves an empty market, so that the next replay can begin", async () => {
    await replayOf(makeRecording(SHALLOW));
    const again = await replayOf(makeRecording(SHALLOW));
    expect(isExplained(again)).to.equal(true);
  });

  describe("from the command line", () => {
    it("replays the fixture files, which are what the generator makes", async () => {
      expect(readFileSync(MESSAGE_FILE, "utf8")).to.equal(makeRecording(SHALLOW).messages);
      expect(readFileSync(BOOK_FILE, "utf8")).to.equal(makeRecording(SHALLOW).book);
      const { code, stdout } = await run(MESSAGE_FILE, "--book", BOOK_FILE, "--url", region.url);
      expect(stdout)
        .to.match(/150 of 150 messages/)
        .and.to.match(/\n +3,000 {2}agree\n/);
      expect(code).to.equal(0);
    });

    it("ends with exit code 1 where something is unexplained", async () => {
      const file = join(folder, "book.csv");
      const rows = makeRecording(SHALLOW).book.split("\n");
      writeFileSync(file, rows.map((row, at) => (at === 100 ? row.replace(",", ",9") : row)).join("\n"));
      const { code, stdout } = await run(MESSAGE_FILE, "--book", file, "--url", region.url);
      expect(stdout).to.include("NOT EXPLAINED");
      expect(code).to.equal(1);
    });

    it("names the line that is no message, and the row that is no book", async () => {
      const file = join(folder, "bad.csv");
      writeFileSync(file, "34200.1,1,7,5,100000,1\n34200.2,9,8,5,100000,1\n");
      await expectFailure([file], "bad.csv, line 2: not a LOBSTER message", "REPLAY_LINE");
      writeFileSync(file, "100100,5,100000,5\n100100,5,100000\n");
      await expectFailure(
        [MESSAGE_FILE, "--book", file],
        "bad.csv, line 2: not 4 whole numbers",
        "REPLAY_LINE",
      );
    });

    it("names the line that contradicts those before it, and files that do not belong together", async () => {
      const file = join(folder, "contradiction.csv");
      writeFileSync(file, "34200.1,1,7,5,1000000,1\n34200.2,3,7,6,1000000,1\n");
      await expectFailure([file], "line 2: takes 6 at 1000000 (BUY) from order 7, but 5 at", "REPLAY_LINE");
      await expectFailure([file, "--book", BOOK_FILE], "150 rows for 2 messages", "REPLAY_ROWS");
    });

    it("says what is there when the market is not, and when nobody answers", async () => {
      await expectFailure([MESSAGE_FILE, "--market", "NOPE"], "no market NOPE", "REPLAY_MARKET");
      const { stderr, code } = await run(MESSAGE_FILE, "--url", "http://localhost:1");
      expect(stderr).to.match(
        /^meridian: No Meridian answers at http:\/\/localhost:1: .*\(REPLAY_UNREACHABLE\)\n$/,
      );
      expect(code).to.equal(1);
    });

    it("refuses a market that bots or others already use, and says how to get an empty one", async () => {
      const other = await signUpTrader(region.url, "other");
      const order = { symbol: "AAPLUSD", side: "BUY", type: "LIMIT", timeInForce: "GTC" };
      await other.post("/api/v3/order", { ...order, quantity: "1", price: "90" });
      await expectFailure([MESSAGE_FILE], "--no-bots", "REPLAY_BUSY");
    });
  });

  function replayOf(recording: Recording, onProgress = (_done: number) => {}): Promise<ReplayResult> {
    return replay({
      url: region.url,
      symbol: "AAPLUSD",
      messageFile: "messages",
      messages: parseMessages("messages", recording.messages),
      book: parseBook("book", recording.book),
      now: () => Date.now(),
      randomText: () => Buffer.from(random.bytes(5)).toString("hex"),
      onProgress,
    });
  }

  async function expectFailure(args: readonly string[], text: string, code: string): Promise<void> {
    const failed = await run(...args, "--url", region.url);
    expect(failed.stderr)
      .to.match(/^meridian: [^\n]+\n$/)
      .and.to.include(text);
    expect(failed.stderr).to.include(`(${code})`);
    expect(failed.code).to.equal(1);
  }
});

async function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}
