import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { BRANCH, envelopesOf, genesis } from "#bench/engine/meridian-engine.ts";
import { FLOWS, makeFlow } from "#bench/flows/make-flow.ts";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { startProjector } from "#services/projector/projector.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { CommandEnvelope } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, BranchId, MarketId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections } from "#shared/ports/projections.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { SHARD } from "./acceptor-contract.ts";
import { adapters as onDynamo, useServer } from "./dynamodb-adapters.ts";
import { adapters as embedded } from "./embedded-adapters.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";

const MARKET = "BTCUSDT" as MarketId;
const FORK = "eu-west-1.1" as BranchId;
const ACCOUNTS = 100;
const COMMANDS = 700;
/** Where the tape goes back to. */
const CUT = 500;

type World = Pick<typeof embedded, "makePlace" | "removePlace" | "journal" | "snapshots" | "projections">;

if (isDynamoDbHere())
  describe("the projector on DynamoDB", function () {
    this.timeout(120_000);
    let server: RunningServer;
    const closers: (() => unknown)[] = [];

    before(async () => {
      server = await startDynamoDb({ clock: systemClock() });
      useServer(server.url);
    });
    after(() => server.stop());
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close();
    });

    /** A journal, and tables that a projector writes from it. */
    async function project(world: World) {
      const place = { journal: await world.makePlace(), tables: await world.makePlace() };
      closers.push(async () => {
        for (const each of Object.values(place)) await world.removePlace(each);
      });
      const journal = await world.journal.open(place.journal);
      const snapshots = await world.snapshots.open(await world.makePlace());
      const projections = await world.projections.open(place.tables);
      const failures: unknown[] = [];
      const projector = await startProjector({
        ...{ shard: SHARD, journal, snapshots, projections, clock: systemClock() },
        finalSeq: () => CUT - 100,
        onFailure: (error) => void failures.push(error),
      });
      closers.push(async () => {
        projector.stop();
        for (const store of [projections, snapshots, journal]) await store.close();
      });
      const reaches = async (seq: number, branch: BranchId) => {
        await eventually(() => {
          const stand = projections.stand(SHARD);
          return failures.length > 0 || (stand.seq === seq && stand.branch === branch);
        });
        expect(failures).to.deep.equal([]);
      };
      return { journal, projections, reaches };
    }

    it("gives the rows that it gives on SQLite, forward, and after the tape went back and on with another branch", async () => {
      const [thin] = FLOWS;
      assert(thin !== undefined, "there is a flow");
      const flow = (seed: number) => envelopesOf(makeFlow({ ...thin, seed, commands: COMMANDS }));
      const first = fold([...genesis(), ...flow(SEED)], BRANCH);
      const other = flow(SEED + 1).map((envelope, at) => ({ ...envelope, ...newIdsOf(envelope, at) }));
      const second = fold([...genesis(), ...flow(SEED)].slice(0, CUT).concat(other), FORK).slice(CUT);
      const worlds = [await project(onDynamo as unknown as World), await project(embedded)] as const;
      for (const { journal } of worlds) await append(journal, first);
      for (const { reaches } of worlds) await reaches(first.length, BRANCH);
      const [here, there] = await Promise.all(worlds.map(({ projections }) => everythingOf(projections)));
      expect(here?.trades.length).to.be.greaterThan(30);
      expect(here).to.deep.equal(there);
      for (const { journal } of worlds) {
        await journal.rewind(CUT);
        await append(journal, second);
      }
      for (const { reaches } of worlds) await reaches(CUT + second.length, FORK);
      const [now, then] = await Promise.all(worlds.map(({ projections }) => everythingOf(projections)));
      expect(now?.superseded.length).to.be.greaterThan(5);
      expect(now).to.deep.equal(then);
    });
  });

/** Commands of another time: the same orders under ids of their own. */
function newIdsOf({ command }: CommandEnvelope, at: number): Partial<CommandEnvelope> {
  const commandId = (0x20_000_000 + at).toString(16).padStart(32, "0") as CommandEnvelope["commandId"];
  if (!("orderId" in command) || command.orderId === 0) return { commandId };
  const orderId = command.orderId + 1_000_000;
  return {
    commandId,
    command: { ...command, orderId, clientOrderId: `d${orderId}` } as CommandEnvelope["command"],
  };
}

function fold(envelopes: readonly CommandEnvelope[], branch: BranchId): Outcome[] {
  const engine = createEngine(SHARD, BRANCH);
  return envelopes.map((envelope) => {
    const events = engine.apply(envelope);
    return {
      shard: SHARD,
      branch,
      seq: engine.seq,
      time: engine.time,
      commandId: envelope.commandId,
      events,
    };
  });
}

async function append(journal: Journal, outcomes: readonly Outcome[]): Promise<void> {
  for (let at = 0; at < outcomes.length; at += 60) await journal.append(outcomes.slice(at, at + 60));
}

async function everythingOf(tables: Projections) {
  const limit = 10_000;
  const accounts = Array.from({ length: ACCOUNTS }, (_, at) => (at + 1) as AccountId);
  return {
    orders: await Promise.all(accounts.map((account) => tables.orders({ account, market: MARKET, limit }))),
    trades: await tables.trades({ market: MARKET, limit }),
    superseded: await tables.trades({ market: MARKET, state: "superseded", limit }),
    candles: await tables.candles({ market: MARKET, limit }),
  };
}
