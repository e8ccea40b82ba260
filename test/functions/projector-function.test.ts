import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { BRANCH, envelopesOf, genesis } from "#bench/engine/meridian-engine.ts";
import { FLOWS, makeFlow } from "#bench/flows/make-flow.ts";
import { mapQueue } from "#local/aws-local/map-queue.ts";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { busMessages } from "#services/publisher/bus-messages.ts";
import { createTables } from "#shared/adapters/aws/dynamodb/create-tables.ts";
import { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoJournal } from "#shared/adapters/aws/dynamodb/dynamo-journal.ts";
import { openDynamoProjections } from "#shared/adapters/aws/dynamodb/dynamo-projections.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { environmentPrefix } from "#shared/config/aws/names.ts";
import type { CommandEnvelope } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, MarketId, RegionId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import { SHARD } from "#test/contract/acceptor-contract.ts";
import { isDynamoDbHere } from "#test/contract/support/dynamodb-here.ts";
import { eventually } from "#test/support/eventually.ts";
import { SEED } from "#test/support/seed.ts";
import { ENVIRONMENT, functionOf, isIdle, type LocalBuses, REGION, startBuses } from "./local-world.ts";

const COMMANDS = 120;
const MARKET = "BTCUSDT" as MarketId;

if (isDynamoDbHere())
  describe("the projector's function, as it is deployed", function () {
    this.timeout(120_000);
    const bundle = functionOf("projector");
    const closers: (() => unknown)[] = [];
    let server: RunningServer;
    let buses: LocalBuses;
    let dynamo: Dynamo;

    before(async () => {
      [server, buses] = await Promise.all([startDynamoDb({ clock: systemClock() }), startBuses()]);
      dynamo = new Dynamo({
        region: REGION,
        endpoint: server.url,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
        prefix: environmentPrefix(ENVIRONMENT),
        clock: systemClock(),
      });
      await createTables(dynamo);
    });
    afterEach(async () => {
      for (const close of closers.splice(0).reverse()) await close();
      await bundle.killAll();
    });
    after(async () => {
      dynamo?.close();
      await Promise.all([server?.stop(), buses?.stop()]);
      bundle.remove();
    });

    const start = () => bundle.start({ AWS_ENDPOINT_URL_DYNAMODB: server.url });

    it("writes what the journal has when its queue tells of it, in two processes at once, and each trade once", async () => {
      const [thin] = FLOWS;
      assert(thin !== undefined, "there is a flow");
      const { outcomes, marketOf } = fold(envelopesOf(makeFlow({ ...thin, seed: SEED, commands: COMMANDS })));
      const journal = await openDynamoJournal({ dynamo, region: REGION as RegionId, shard: SHARD });
      closers.push(() => journal.close());
      const { bus, queueOf } = await buses.open(5, 30);
      for (const target of [await start(), await start()]) {
        const mapping = mapQueue({ queue: queueOf("projector"), target, waitSeconds: 1 });
        closers.push(() => mapping.stop());
      }
      for (let at = 0; at < outcomes.length; at += 40) {
        const some = outcomes.slice(at, at + 40);
        await journal.append(some);
        await bus.publish(some.flatMap((outcome) => busMessages(outcome, true, marketOf)));
      }
      await eventually(() => isIdle(bus, "projector"));
      expect((await bus.backlog("projector")).dead).to.equal(0);
      const tables = await openDynamoProjections({ dynamo, shards: [SHARD] });
      closers.push(() => tables.close());
      const traded = outcomes.flatMap(({ events }) => events.filter(({ kind }) => kind === "Trade"));
      const trades = await tables.trades({ market: MARKET, limit: 10_000 });
      expect(trades.length).to.equal(traded.length).and.greaterThan(5);
      const accepted = outcomes.flatMap(({ events }) =>
        events.filter(({ kind }) => kind === "OrderAccepted"),
      );
      const accounts = Array.from({ length: 100 }, (_, at) => (at + 1) as AccountId);
      const orders = await Promise.all(
        accounts.map((account) => tables.orders({ account, market: MARKET, limit: 10_000 })),
      );
      expect(orders.flat().length).to.equal(accepted.length);
    });

    it("brings the tables to the journal's end when the minute's schedule calls it", async () => {
      const before = await openDynamoProjections({ dynamo, shards: [SHARD] });
      const journal = await openDynamoJournal({
        dynamo,
        region: REGION as RegionId,
        shard: "crypto-1" as never,
      });
      closers.push(() => journal.close());
      await before.close();
      const { outcomes } = fold([]);
      await journal.append(outcomes.map((outcome) => ({ ...outcome, shard: "crypto-1" as never })));
      await (await start()).call({ source: "aws.events" });
      const tables = await openDynamoProjections({ dynamo, shards: ["crypto-1" as never] });
      closers.push(() => tables.close());
      expect(tables.position("crypto-1" as never)).to.equal(outcomes.length);
    });
  });

/** Genesis and a flow, folded. */
function fold(flow: readonly CommandEnvelope[]) {
  const engine = createEngine(SHARD, BRANCH);
  const markets = new Map<MarketId, Market>();
  const outcomes = [...genesis(), ...flow].map((envelope): Outcome => {
    const events = engine.apply(envelope);
    for (const event of events)
      if (event.kind === "MarketDefined") markets.set(event.market.id, event.market);
    return {
      shard: SHARD,
      branch: BRANCH,
      seq: engine.seq,
      time: engine.time,
      commandId: envelope.commandId,
      events,
    };
  });
  return { outcomes, marketOf: (market: MarketId) => markets.get(market) };
}
