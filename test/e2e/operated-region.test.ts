import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import { COMMANDS } from "#runbooks/ops/commands/commands.ts";
import { Platform } from "#runbooks/ops/platform.ts";
import { MERIDIAN_OPERATIONS } from "#services/gateway/meridian-operations.ts";
import type { Operation } from "#services/gateway/operation.ts";
import { OPERATOR_OPERATIONS } from "#services/gateway/operators/operator-operations.ts";
import { plantDeadLetters } from "#test/support/dead-letters.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { signUpTrader } from "#test/support/test-trader.ts";

const TOKEN = "of-the-operator-ada";
const SHARD = "crypto-1";

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape, each of which is asserted.
type Json = any;

describe("what operators see and do in a running Region", function () {
  this.timeout(120_000);
  const folders = temporaryFolders();
  const dataFolder = folders.make();
  let region: RunningRegion;
  let platform: Platform;
  let trader: string;

  before(async () => {
    region = await startEmbeddedRegion({
      port: 0,
      dataFolder,
      faucet: true,
      events: true,
      rateLimits: "generous",
      operators: [{ name: "ada", token: TOKEN }],
      onFailure: (error) => {
        throw error;
      },
    });
    platform = new Platform(region.url, TOKEN);
    trader = (await signUpTrader(region.url, "grace")).token;
    for (let at = 0; at < 5; at++)
      await asTrader("POST", "/orders", {
        ...{
          orderId: `o${at}`,
          type: "BUY",
          userID: "grace",
          coinID: "BTC",
          quantity: 0.01,
          price: 40_000 + at,
        },
      });
  });
  after(async () => {
    await region.stop();
    folders.removeAll();
  });

  const asTrader = async (method: string, path: string, body?: object) => {
    const response = await fetch(region.url + path, {
      method,
      headers: { Authorization: `Bearer ${trader}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Json };
  };
  const ops = async (line: string, flags: { isDryRun?: boolean; limit?: number } = {}) => {
    const [name = "", ...args] = line.split(" ");
    const found = await COMMANDS[name]?.run(platform, { args, isDryRun: false, ...flags });
    return { ...found, json: found?.json as Json, text: found?.text ?? "", isBad: found?.isBad === true };
  };

  it("shows what waits, and that nothing does which should not", async () => {
    await eventually(async () => {
      const { json, text, isBad } = await ops("queues");
      const { queues, shards } = json.regions[0];
      expect(queues.map(({ queue }: Json) => queue)).to.deep.equal(["ledger", "notifier"]);
      expect(shards.map(({ shard }: Json) => shard)).to.include(SHARD);
      return !isBad && text.includes("Nothing waits that should not.");
    });
  });

  it("brings dead letters back, so many at most, after it has shown how many there are", async () => {
    plantDeadLetters(join(dataFolder, "events", "bus.db"), "ledger", 3);
    const { isBad, text } = await ops("queues");
    expect(isBad).to.equal(true);
    expect(text).to.match(/ledger dead letters\s+3\s+36\d\d\.\d s/);
    const shown = await ops("redrive ledger", { isDryRun: true });
    expect(shown.json.moves).to.deep.equal([{ region: "us-east-1", moved: 3 }]);
    expect((await ops("redrive ledger", { limit: 1 })).json.moves).to.deep.equal([
      { region: "us-east-1", moved: 1 },
    ]);
    expect((await ops("queues")).text).to.match(/ledger dead letters\s+2/);
    expect((await ops("redrive ledger")).json.moves).to.deep.equal([{ region: "us-east-1", moved: 2 }]);
    await ops("ledger check");
    await eventually(async () => !(await ops("queues")).isBad);
    expect((await ops("redrive ledger")).text).to.equal("ledger has no dead letters.");
  });

  it("takes a snapshot now, and lists it", async () => {
    const taken = (await ops(`snapshot ${SHARD}`)).json.snapshots[0];
    const kept = (await ops(`snapshots ${SHARD}`)).json.regions[0].snapshots;
    expect(kept[0]).to.deep.include({ seq: taken.seq, digest: taken.digest, bytes: taken.bytes });
    expect(taken.seq).to.be.greaterThan(5);
  });

  it("folds the log again and finds the state that is shown", async () => {
    const { json, isBad } = await ops(`replay ${SHARD}`);
    expect(isBad).to.equal(false);
    expect(json.replays[0]).to.deep.include({ region: "us-east-1", agrees: true });
    expect(json.replays[0].kept).to.equal(json.replays[0].replayed);
  });

  it("shows digests of the replicas at one seq", async () => {
    const { json, isBad, text } = await ops(`digest ${SHARD}`);
    expect(isBad, text).to.equal(false);
    expect(json.replicas).to.have.length(1);
    expect(json.replicas[0].digest.seq).to.be.greaterThan(5);
    const answer = await platform.look<Json>(
      `/meridian/v1/operator/shards/${SHARD}/digests?seq=${json.replicas[0].digest.seq}`,
    );
    expect(answer.at.digest).to.equal(json.replicas[0].digest.digest);
    // Two ways to one state: folded up to a seq, and kept by the fold that runs.
    const { seq, kept } = (await ops(`replay ${SHARD}`)).json.replays[0];
    const path = `/meridian/v1/operator/shards/${SHARD}/digests`;
    const [there, before] = await Promise.all(
      [seq, seq - 1].map((at: number) => platform.look<Json>(`${path}?seq=${at}`)),
    );
    expect(there.at.digest).to.equal(kept);
    expect(before.at.digest).not.to.equal(kept);
  });

  it("makes tables anew, with the rows that were lost from them, while they are read", async () => {
    const history = async () =>
      (await asTrader("GET", "/api/v3/allOrders?symbol=BTCUSDT")).body.map(({ orderId }: Json) => orderId);
    const whole = await history();
    expect(whole).to.have.length(5);
    const database = new DatabaseSync(join(dataFolder, `${SHARD}.projections.db`));
    database.exec("DELETE FROM orders WHERE price % 2 = 0");
    database.close();
    expect(await history()).to.have.length.below(5);
    const { json } = await ops(`rebuild ${SHARD}`);
    expect(json.rebuilt[0].seq).to.be.greaterThan(5);
    expect(await history()).to.deep.equal(whole);
    await asTrader("POST", "/orders", {
      ...{ orderId: "later", type: "BUY", userID: "grace", coinID: "BTC", quantity: 0.01, price: 39_000 },
    });
    expect(await history(), "the projector goes on in the new tables").to.have.length(6);
  });

  it("holds the ledger against the engine as it is now", async () => {
    const { json, isBad, text } = await ops("ledger check");
    expect(isBad, text).to.equal(false);
    const { checks } = json.regions[0];
    expect(checks.map(({ shard }: Json) => shard)).to.include(SHARD);
    expect(checks.every(({ difference }: Json) => difference === "0")).to.equal(true);
  });

  it("answers to the field as documented, refuses what there is not by its field, and knows no trader", async () => {
    const calls: readonly [keyof typeof OPERATOR_OPERATIONS, string, string, object?][] = [
      ["queues", "GET", "queues"],
      ["redrive", "POST", "queues/ledger/redrive", { limit: 5 }],
      ["snapshots", "GET", `shards/${SHARD}/snapshots`],
      ["takeSnapshot", "POST", `shards/${SHARD}/snapshots`],
      ["digests", "GET", `shards/${SHARD}/digests`],
      ["replay", "POST", `shards/${SHARD}/replay`],
      ["rebuildProjections", "POST", `shards/${SHARD}/projections`],
      ["checkLedger", "POST", "ledger/check"],
      ["audit", "GET", "audit"],
    ];
    expect(calls.map(([name]) => name)).to.have.members(Object.keys(OPERATOR_OPERATIONS));
    for (const [name, method, path, body] of calls) {
      const call = async (token: string, at = path) => {
        const response = await fetch(`${region.url}/meridian/v1/operator/${at}`, {
          method,
          headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
          ...(method === "GET" ? {} : { body: JSON.stringify(body ?? {}) }),
        });
        return { status: response.status, body: (await response.json()) as Json };
      };
      expect((await call(trader)).body.code, `${name} by a trader`).to.equal(-1002);
      const { status, body: answer } = await call(TOKEN);
      const operation: Operation = MERIDIAN_OPERATIONS[name];
      expect(status, `${name}: ${JSON.stringify(answer)}`).to.equal(operation.status);
      const read = operation.answer.safeParse(answer);
      expect(read.success, `${name}: ${read.error?.message}`).to.equal(true);
      const other = path.replace(SHARD, "no-such-shard").replace("ledger/redrive", "nothing/redrive");
      if (other !== path)
        expect((await call(TOKEN, other)).body.field).to.equal(name === "redrive" ? "queue" : "shard");
    }
  });

  it("tells in the audit trail of all that, each action once", async () => {
    const { json, text } = await ops("audit", { limit: 100 });
    const done = json.actions.filter(({ outcome }: Json) => outcome === "done");
    const names = new Set(done.map(({ operation }: Json) => operation));
    expect([...names]).to.include.members([
      "redrive",
      "takeSnapshot",
      "replay",
      "rebuildProjections",
      "checkLedger",
    ]);
    expect(names.has("queues"), "looking is no action").to.equal(false);
    expect(text).to.match(/ada\s+\S+\s+us-east-1\s+redrive\s+\{"limit":1,"queue":"ledger"\}\s+done/);
    expect(text).to.match(/\(unknown\)\s+\S+\s+us-east-1\s+replay\s+\{\}\s+refused -1002/);
  });
});
