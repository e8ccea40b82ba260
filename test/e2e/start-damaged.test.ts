import { closeSync, copyFileSync, openSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { fatalText } from "#local/cli/fatal.ts";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import { openStores } from "#local/open-stores.ts";
import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { recoverFold } from "#services/matching/recover.ts";
import { Tape } from "#services/replication/tape.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { BranchId, RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import { contentOf, temporaryFolders } from "#test/support/folders.ts";
import { startPlatformProcess, tryPlatformProcess } from "#test/support/platform-process.ts";
import { soloPlan } from "#test/support/solo-plan.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";

const FILES = [
  "crypto-1.log.db",
  "copies.db",
  "crypto-1.journal.db",
  "crypto-1.snapshots.db",
  "crypto-1.projections.db",
  "outbox.db",
  "identity.db",
  "counters.db",
];
const SHARDS = defaultDefinitions().shards.map(({ id }) => id);
/** Of BTCUSDT. */
const SHARD = "crypto-1" as ShardId;
const REGION = "us-east-1" as RegionId;
const PAGE_BYTES = 4096;

const DAMAGES: Record<string, (file: string) => void> = {
  "is gone": (file) => rmSync(file),
  "is cut to nothing": (file) => truncateSync(file, 0),
  "is cut to half": (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
  "has another header": (file) => overwrite(file, 0, 64),
  "is overwritten in the middle": (file) =>
    overwrite(file, Math.floor(statSync(file).size / PAGE_BYTES / 2) * PAGE_BYTES, PAGE_BYTES),
};

describe("a start on damaged data", function () {
  this.timeout(120_000);
  const folders = temporaryFolders();
  /** A folder with orders, trades, users and two snapshots, and the same folder as it was after the first of two runs. */
  let whole: string;
  let older: string;
  let trader: TestTrader;

  before(async () => {
    whole = folders.make();
    const first = await start(whole);
    trader = await signUpTrader(first.url, "alice");
    await placeOrders(trader, 20);
    await first.stop();
    older = folders.copyOf(whole);
    const second = await start(whole);
    trader.url = second.url;
    await placeOrders(trader, 20);
    await second.stop();
  });

  after(() => folders.removeAll());

  for (const [damage, inflict] of Object.entries(DAMAGES)) {
    it(`says so in one line, and writes nothing, when any one of the files ${damage}`, async () => {
      for (const name of FILES) {
        const folder = folders.copyOf(whole);
        inflict(join(folder, name));
        const content = contentOf(folder);
        const text = await refusalOf(folder);
        expect(text, `${name} ${damage}`).to.match(/^meridian: The data file [^\n]+$/);
        expect(text).to.include(join(folder, name));
        expect(contentOf(folder), `${name} ${damage}`).to.deep.equal(content);
      }
    });
  }

  it("ends the real program the same way: one line, exit code 1, no stack", async () => {
    for (const [at, name] of ["counters.db", "crypto-1.log.db", "identity.db"].entries()) {
      const folder = folders.copyOf(whole);
      Object.values(DAMAGES)[2 * at]?.(join(folder, name));
      const content = contentOf(folder);
      const ending = await tryPlatformProcess(["--embedded", "--port", "0", "--no-bots", "--data", folder]);
      if ("url" in ending) {
        await ending.kill("SIGKILL");
        throw new Error(`it started on a damaged ${name}`);
      }
      expect(ending.exitCode).to.equal(1);
      expect(ending.stderr).to.match(/^meridian: The data file [^\n]+\n$/);
      expect(ending.stderr).to.include(join(folder, name));
      expect(contentOf(folder)).to.deep.equal(content);
    }
  });

  for (const { name, table } of [
    { name: "crypto-1.log.db", table: "log" },
    { name: "crypto-1.journal.db", table: "outcomes" },
  ]) {
    it(`does not fold over a record of ${name} whose content has changed in a file that is otherwise sound`, async () => {
      const folder = folders.copyOf(whole);
      // Without snapshots it has to read everything again.
      change(join(folder, "crypto-1.snapshots.db"), "DELETE FROM snapshots");
      change(
        join(folder, name),
        `UPDATE ${table} SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'21' AS BLOB) WHERE rowid = 12`,
      );
      expect(await refusalOf(folder)).to.match(
        new RegExp(`^meridian: The data file ${join(folder, name)} is damaged: [^\\n]* 12 does not have its`),
      );
    });
  }

  for (const { name, says } of [
    { name: "crypto-1.log.db", says: /The log of crypto-1 ends at .*: the log has lost commands\.$/ },
    {
      name: "crypto-1.journal.db",
      says: /The journal of crypto-1 ends at .*: the journal has lost outcomes\.$/,
    },
  ]) {
    it(`does not go on with a sound ${name} that is older than the other files: it would number other commands anew`, async () => {
      const folder = folders.copyOf(whole);
      copyFileSync(join(older, name), join(folder, name));
      const content = contentOf(folder);
      const text = await refusalOf(folder);
      expect(text).to.match(/^meridian: [^\n]+$/);
      expect(text).to.match(says);
      expect(contentOf(folder)).to.deep.equal(content);
    });
  }

  it("does not go on with a log that is shorter than the journal when no snapshot tells", async () => {
    const folder = folders.copyOf(whole);
    copyFileSync(join(older, "crypto-1.log.db"), join(folder, "crypto-1.log.db"));
    change(join(folder, "crypto-1.snapshots.db"), "DELETE FROM snapshots");
    expect(await refusalOf(folder)).to.match(
      /^meridian: The log of crypto-1 ends at seq [^\n]+lost commands\.$/,
    );
  });

  it("catches up with snapshots and tables that are older than the log", async () => {
    const folder = folders.copyOf(whole);
    for (const name of ["crypto-1.snapshots.db", "crypto-1.projections.db"])
      copyFileSync(join(older, name), join(folder, name));
    const region = await start(folder);
    trader.url = region.url;
    const all = await trader.get("/api/v3/allOrders", { symbol: "BTCUSDT", limit: "1000" });
    expect(all.body).to.have.length(40);
    await region.stop();
  });

  it("passes over a damaged newest snapshot and comes up with the same digest", async () => {
    const folder = folders.copyOf(whole);
    const expected = await recovered(folder);
    expect(expected.damagedSnapshots).to.equal(0);
    change(
      join(folder, "crypto-1.snapshots.db"),
      "UPDATE snapshots SET bytes = CAST(x'00' || substr(bytes, 2) AS BLOB) WHERE seq = (SELECT max(seq) FROM snapshots)",
    );
    const actual = await recovered(folder);
    expect(actual.damagedSnapshots).to.equal(1);
    expect(actual.digest).to.equal(expected.digest);
    expect(actual.digest).to.equal(await foldedFromTheStart(folder));
    const balances = await balancesAfterStart(folder);
    expect(balances).to.deep.equal(await balancesAfterStart(folders.copyOf(whole)));
  });

  it("comes up with the same digest when every snapshot is damaged", async () => {
    const folder = folders.copyOf(whole);
    const expected = await recovered(folder);
    change(join(folder, "crypto-1.snapshots.db"), "UPDATE snapshots SET bytes = x'0102'");
    const actual = await recovered(folder);
    expect(actual.damagedSnapshots).to.equal(2);
    expect(actual.digest).to.equal(expected.digest);
  });

  async function balancesAfterStart(folder: string): Promise<unknown> {
    const platform = await startPlatformProcess(["--embedded", "--port", "0", "--no-bots", "--data", folder]);
    trader.url = platform.url;
    const { status, body } = await trader.get("/api/v3/account");
    expect(status).to.equal(200);
    await platform.kill("SIGTERM");
    return body.balances;
  }
});

function start(folder: string): Promise<RunningRegion> {
  return startEmbeddedRegion({ port: 0, dataFolder: folder, faucet: true, rateLimits: "generous" });
}

/** What the person at the keyboard reads when a start is refused. */
async function refusalOf(folder: string): Promise<string> {
  let region: RunningRegion;
  try {
    region = await start(folder);
  } catch (error) {
    return fatalText(error);
  }
  await region.stop();
  return "it started";
}

async function placeOrders(trader: TestTrader, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const order = { symbol: "BTCUSDT", type: "LIMIT", timeInForce: "GTC", quantity: "0.0010" };
    const side = at % 2 === 0 ? "BUY" : "SELL";
    const placed = await trader.post("/api/v3/order", { ...order, side, price: `${50_000 + (at % 7)}.00` });
    expect(placed.status).to.equal(200);
  }
}

/** The state to which a start comes: the newest usable snapshot and the tail of the log. */
async function recovered(folder: string): Promise<{ damagedSnapshots: number; digest: string }> {
  const stores = openStores(folder, { fresh: false, shards: SHARDS, onFailure: fail });
  try {
    const own = stores.shards.get(SHARD);
    assert(own !== undefined, "the shard's stores are open");
    const { log } = own;
    const { copies } = stores;
    const mintBranch = () => "us-east-1.999" as BranchId;
    const plan = await soloPlan({ shard: SHARD, region: REGION, log, mintBranch, random: systemRandom() });
    const tape = new Tape({ shard: SHARD, self: REGION, log, copies }, plan);
    const { fold, damagedSnapshots } = await recoverFold({ tape, ...own });
    for (const { bytes } of await log.read(fold.place.position, 1_000_000))
      fold.engine.apply(decodeOrNull(bytes));
    return { damagedSnapshots, digest: fold.engine.digest() };
  } finally {
    await stores.close();
  }
}

async function foldedFromTheStart(folder: string): Promise<string> {
  const stores = openStores(folder, { fresh: false, shards: SHARDS, onFailure: fail });
  try {
    const engine = createEngine(SHARD, ROOT_BRANCH);
    for (const { bytes } of (await stores.shards.get(SHARD)?.log.read(0, 1_000_000)) ?? [])
      engine.apply(decodeOrNull(bytes));
    return engine.digest();
  } finally {
    await stores.close();
  }
}

function overwrite(file: string, from: number, count: number): void {
  const handle = openSync(file, "r+");
  writeSync(handle, new Uint8Array(count).fill(0xa5), 0, count, from);
  closeSync(handle);
}

function change(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

function fail(error: unknown): never {
  throw error;
}
