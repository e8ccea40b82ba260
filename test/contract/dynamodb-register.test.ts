import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { type FaultProxy, startFaultProxy } from "#local/aws-local/fault-proxy.ts";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { type ChangeResult, Register } from "#services/ownership/register.ts";
import { openDynamoAcceptor } from "#shared/adapters/aws/dynamodb/dynamo-acceptor.ts";
import { withAcceptorTables } from "#shared/adapters/aws/link/with-acceptor-tables.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { createTestLinks } from "#test/support/test-links.ts";
import { SHARD, sampleRecord } from "./acceptor-contract.ts";
import { dynamoAt, makeDynamoPlace } from "./dynamodb-adapters.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";

const REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"] as RegionId[];
const [VIRGINIA, IRELAND, TOKYO] = REGIONS as [RegionId, RegionId, RegionId];
const TIMEOUT_MS = 1500;
const CHANGES = 8;

if (isDynamoDbHere())
  describe("the ownership register over three ordinary DynamoDB tables", function () {
    this.timeout(120_000);
    let server: RunningServer;
    /** Ways from a Region to the table of another: each can fail by itself. */
    const ways = new Map<string, FaultProxy>();
    const closers: (() => unknown)[] = [];
    const random = seededRandom(SEED);

    before(async () => {
      server = await startDynamoDb({ clock: systemClock() });
      for (const from of REGIONS)
        for (const to of REGIONS)
          ways.set(`${from} ${to}`, await startFaultProxy({ target: server.url, clock: systemClock() }));
    });
    after(async () => {
      for (const way of ways.values()) await way.close();
      await server.stop();
    });
    afterEach(async () => {
      for (const way of ways.values()) await way.heal();
      for (const close of closers.splice(0)) await close();
    });

    const wayOf = (from: RegionId, to: RegionId): FaultProxy => {
      const way = ways.get(`${from} ${to}`);
      if (way === undefined) throw new Error(`no way from ${from} to ${to}`);
      return way;
    };

    /** A register in each Region, which asks the tables of all. No process of a Region answers another. */
    async function setUp() {
      const places = new Map<RegionId, string>();
      for (const region of REGIONS) places.set(region, await makeDynamoPlace(server.url));
      const links = createTestLinks();
      const clock = systemClock();
      const acceptorFrom = (from: RegionId, to: RegionId) => {
        const place = places.get(to) ?? "";
        const dynamo = dynamoAt(place, { endpoint: wayOf(from, to).url, requestTimeoutMs: 200 });
        closers.push(() => dynamo.close());
        return openDynamoAcceptor({ dynamo, patienceMs: 800 });
      };
      return (self: RegionId) => {
        const others = REGIONS.filter((region) => region !== self);
        const acceptors = new Map(others.map((region) => [region, acceptorFrom(self, region)]));
        const link = withAcceptorTables({ link: links.of(self), acceptors, clock });
        const acceptor = acceptorFrom(self, self);
        const options = { shard: SHARD, regions: REGIONS, link, acceptor, clock, random };
        return new Register({ ...options, timeoutMs: TIMEOUT_MS, maxRounds: 30 });
      };
    }

    it("holds what was put into it, for every Region, and a new process reads it", async () => {
      const registerOf = await setUp();
      const record = sampleRecord(1);
      expect(await registerOf(VIRGINIA).change(() => record)).to.deep.equal({
        ok: true,
        changed: true,
        record,
      });
      for (const region of REGIONS)
        expect(await registerOf(region).read()).to.deep.equal({ ok: true, record });
    });

    it("stands while one Region's table is gone, and not with two", async () => {
      const registerOf = await setUp();
      const [virginia, tokyo] = [registerOf(VIRGINIA), registerOf(TOKYO)];
      for (const from of REGIONS) if (from !== TOKYO) wayOf(from, TOKYO).setUnreachable(true);
      expect((await virginia.change(renewed)).ok).to.equal(true);
      for (const to of [VIRGINIA, IRELAND]) wayOf(TOKYO, to).setUnreachable(true);
      expect(await tokyo.read()).to.deep.equal({ ok: false, error: "unreachable" });
      expect(await tokyo.change(renewed)).to.deep.equal({ ok: false, error: "unreachable" });
      for (const way of ways.values()) await way.heal();
      const seen = await tokyo.read();
      expect(seen.ok && seen.record?.renewal).to.equal(renewed(undefined).renewal);
    });

    it("counts each change once while all Regions change it and the ways fail: none lost, none doubled", async () => {
      const registerOf = await setUp();
      const registers = REGIONS.map(registerOf);
      for (const way of ways.values()) {
        const chance = (oneIn: number) => () => random.below(oneIn) === 0;
        const answer = { status: 500, code: "InternalServerError" };
        way.add({
          operation: "PutItem",
          when: chance(12),
          fault: { kind: "error", answer, afterEffect: true },
        });
        way.add({ operation: "PutItem", when: chance(20), fault: { kind: "late", behind: 1 } });
        way.add({ operation: "PutItem", when: chance(20), fault: { kind: "cut", afterEffect: true } });
        way.add({ operation: "GetItem", when: chance(20), fault: { kind: "cut", afterEffect: false } });
        way.add({ operation: "PutItem", when: chance(20), fault: { kind: "duplicate" } });
      }
      const results = (
        await Promise.all(
          registers.map(async (register) => {
            const mine: ChangeResult[] = [];
            for (let change = 0; change < CHANGES; change++) mine.push(await register.change(renewed));
            return mine;
          }),
        )
      ).flat();
      for (const way of ways.values()) await way.heal();
      const done = results.flatMap((result) => (result.ok ? [result.record?.renewal ?? 0] : []));
      const ambiguous = results.filter((result) => !result.ok && result.error === "ambiguous").length;
      expect(new Set(done).size, "two changes were told of the same value").to.equal(done.length);
      for (const register of registers) {
        const read = await register.read();
        const counted = (read.ok ? (read.record?.renewal ?? 0) : -1) - START;
        expect(counted).to.be.within(done.length, done.length + ambiguous);
      }
      expect(done.length, "some of them came through").to.be.greaterThan(0);
    });
  });

const START = sampleRecord(1).renewal;

function renewed(record: OwnershipRecord | undefined): OwnershipRecord {
  const { renewal } = record ?? sampleRecord(1);
  return { ...(record ?? sampleRecord(1)), renewal: renewal + 1 };
}
