import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { COMMANDS } from "#runbooks/ops/commands/commands.ts";
import { Platform } from "#runbooks/ops/platform.ts";

const QUEUE = { queue: "ledger", waiting: 0, inFlight: 0, oldestMs: null, dead: 0, oldestDeadMs: null };
const SHARD = { shard: "crypto-1", outbox: 0, outboxOldestMs: null, journal: 0, journalOldestMs: null };
const CHECK = { shard: "crypto-1", seq: 7, difference: "0", differing: [] };

/** What operators are told is judged here, whatever platform answers: a gateway of its own would have to be broken for each. */
describe("the operator's command line", () => {
  let server: Server;
  let platform: Platform;
  let answers: Readonly<Record<string, object>>;

  before(async () => {
    server = createServer((request, response) => {
      const found = answers[request.url ?? ""];
      response.statusCode = found === undefined ? 404 : 200;
      response.end(JSON.stringify(found ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    platform = new Platform(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "token");
  });
  after(() => {
    server.close();
  });

  const ops = async (name: string, ...args: readonly string[]) => {
    const said = await COMMANDS[name]?.run(platform, { args, isDryRun: false });
    return { isBad: said?.isBad === true, text: said?.text ?? "" };
  };
  const queues = (queue: object, shard: object = SHARD) => {
    answers = {
      "/meridian/v1/regions": { region: "us-east-1" },
      "/meridian/v1/operator/queues": { queues: [queue], shards: [shard] },
    };
    return ops("queues");
  };

  it("says of queues that something waits that should not: what is dead, what is old, what waits for an owner", async () => {
    expect(await queues(QUEUE)).to.deep.include({ isBad: false });
    expect((await queues({ ...QUEUE, waiting: 3, oldestMs: 20_000 })).isBad, "a queue at work").to.equal(
      false,
    );
    for (const [queue, shard] of [
      [{ ...QUEUE, dead: 1 }],
      [{ ...QUEUE, waiting: 1, oldestMs: 600_000 }],
      [QUEUE, { ...SHARD, outbox: 1, outboxOldestMs: 10 }],
    ] as const) {
      const said = await queues(queue, shard);
      expect(said.isBad, JSON.stringify([queue, shard])).to.equal(true);
      expect(said.text).to.include("Something waits that should not.");
    }
  });

  it("says of queues how many messages wait, those under way too, and how old the oldest is; not where nobody knows", async () => {
    const { text } = await queues(
      { ...QUEUE, waiting: 2, inFlight: 3, oldestMs: 12_340, dead: 4, oldestDeadMs: null },
      { ...SHARD, outbox: 6, outboxOldestMs: 700, journal: 8, journalOldestMs: 90 },
    );
    expect(text).to.match(/us-east-1\s+ledger\s+5\s+12\.3 s/);
    expect(text).to.match(/ledger dead letters\s+4\s+-/);
    expect(text)
      .to.match(/outbox crypto-1\s+6\s+0\.7 s/)
      .and.to.match(/journal crypto-1\s+8\s+0\.1 s/);
  });

  it("says of the ledger where it differs, and by how much", async () => {
    const check = (more: object) => {
      answers = {
        "/meridian/v1/regions": { region: "us-east-1" },
        "/meridian/v1/operator/ledger/check": { checks: [CHECK, { ...CHECK, shard: "crypto-2", ...more }] },
      };
      return ops("ledger", "check");
    };
    const well = await check({});
    expect(well).to.deep.include({ isBad: false });
    expect(well.text).to.include("The ledger agrees.");
    const bad = await check({
      difference: "150",
      differing: [{ account: 42, asset: "USDT", engine: "1000", ledger: "850" }],
    });
    expect(bad.isBad).to.equal(true);
    expect(bad.text)
      .to.match(/crypto-2\s+7\s+150/)
      .and.to.match(/crypto-2\s+42\s+USDT\s+1000\s+850/);
    expect(bad.text).not.to.include("The ledger agrees.");
  });

  it("says of a replay that it differs from what is shown", async () => {
    const place = { branch: "us-east-1.1", seq: 5 };
    const regions = {
      "/meridian/v1/regions": { region: "us-east-1" },
      "/meridian/v1/ownership": { shards: [{ shard: "crypto-1" }] },
    };
    const replayed = (agrees: boolean) => {
      const answer = { shard: "crypto-1", ...place, kept: "a", replayed: agrees ? "a" : "b", agrees };
      answers = { ...regions, "/meridian/v1/operator/shards/crypto-1/replay": answer };
      return ops("replay", "crypto-1");
    };
    expect((await replayed(true)).isBad).to.equal(false);
    const differs = await replayed(false);
    expect(differs.isBad).to.equal(true);
    expect(differs.text).to.include("DIFFERS");
  });
});
