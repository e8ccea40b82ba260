import { expect } from "chai";
import * as fc from "fast-check";
import { after, before, describe, it } from "mocha";
import type { RestDependencies } from "#services/gateway/rest/dependencies.ts";
import { historyRoutes } from "#services/gateway/rest/history-routes.ts";
import { orderListRoutes } from "#services/gateway/rest/order-list-routes.ts";
import type { ExchangeView } from "#services/gateway/views/exchange-view.ts";
import { rebuildView } from "#services/gateway/views/rebuild-view.ts";
import { openSqliteProjections } from "#shared/adapters/embedded/sqlite-projections.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { MarketId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { exchangeOf } from "#test/support/exchange-of.ts";
import { appendTo, genesisOutcomes } from "#test/support/flow-outcomes.ts";
import { type FoldStores, openFoldStores } from "#test/support/folded-region.ts";
import { GrowingHistory, type Kind, READER } from "#test/support/growing-history.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

const SHARD = "shard-1" as ShardId;
const MARKET = "BTCUSDT" as MarketId;
const PAGES_MAX = 500;

// biome-ignore lint/suspicious/noExplicitAny: rows of three shapes; what is expected of them is asserted.
type Row = any;

/** Of orders, trades and lists: how a client pages, as Binance's clients do, from the last id of a page and one. */
const LISTS = [
  { kind: "orders", path: "/api/v3/allOrders", from: "orderId", symbol: MARKET },
  { kind: "trades", path: "/api/v3/myTrades", from: "fromId", symbol: MARKET },
  { kind: "lists", path: "/api/v3/allOrderList", from: "fromId" },
] as const;
const ID = { orders: "orderId", trades: "id", lists: "orderListId" } as const;

describe("an account's history, read page by page", function () {
  this.timeout(120_000);
  let stores: FoldStores;
  let view: ExchangeView;

  before(async () => {
    stores = openFoldStores();
    await appendTo(stores.journal, genesisOutcomes(SHARD));
    view = exchangeOf(await rebuildView({ ...stores, shard: SHARD, clock: systemClock() }));
  });
  after(async () => {
    for (const store of Object.values(stores)) await store.close();
  });

  for (const { kind, path, from, ...more } of LISTS)
    it(`gives each of its ${kind} once and by rising id, whichever Regions took them, whatever was merged with them or undone, and while there come more`, async () => {
      const seen = { pages: 0, rows: 0, added: 0 };
      await fc.assert(
        fc.asyncProperty(fc.nat(), async (seed) => {
          const random = seededRandom(seed);
          const projections = openSqliteProjections({ file: ":memory:" });
          const afterSeq = view.shardOf(MARKET)?.seq ?? 0;
          const history = new GrowingHistory(projections, {
            shard: SHARD,
            market: MARKET,
            random,
            afterSeq,
          });
          for (let steps = 1 + random.below(80); steps > 0; steps--) await history.grow();
          const read = reader({ view, projections, clock: systemClock() } as RestDependencies, path);
          const limit = 1 + random.below(7);
          const isGrowing = random.below(2) === 0;
          const steady = new Set(history.present(kind));
          const rows: Row[] = [];
          for (let next = 0, page: readonly Row[] = [], pages = 0; ; next = page.at(-1)[ID[kind]] + 1) {
            page = await read({ ...more, [from]: String(next), limit: String(limit) });
            rows.push(...page);
            expect(++pages, "it comes to an end").to.be.below(PAGES_MAX);
            if (page.length < limit) break;
            if (!isGrowing) continue;
            await history.grow();
            const present = history.present(kind);
            for (const id of steady) if (!present.has(id)) steady.delete(id);
          }
          expectEachOnce(kind, rows, { steady, ever: history.ever(kind) });
          seen.pages += Math.ceil(rows.length / limit);
          seen.rows += rows.length;
          seen.added += rows.length - steady.size;
          await projections.close();
        }),
        { seed: SEED, numRuns: 100 },
      );
      expect(seen.pages).to.be.greaterThan(100);
      expect(seen.rows).to.be.greaterThan(400);
      expect(seen.added).to.be.greaterThan(5);
    });
});

/** Asks a route as the reader. */
function reader(dependencies: RestDependencies, path: string) {
  const routes = [...historyRoutes(dependencies), ...orderListRoutes(dependencies)];
  const route = routes.find((each) => each.path === path && each.method === "get");
  assert(route !== undefined, "there is such a route");
  return async (sent: Record<string, string>): Promise<readonly Row[]> => {
    const parameters = route.parameters.parse(sent);
    return (await route.handle({ parameters, principal: { account: READER } } as never)) as Row[];
  };
}

/** What was there all the time is told once; what came or went meanwhile once or not at all. */
function expectEachOnce(
  kind: Kind,
  rows: readonly Row[],
  { steady, ever }: { readonly steady: ReadonlySet<number>; readonly ever: ReadonlySet<number> },
): void {
  const ids = rows.map((row) => row[ID[kind]] as number);
  expect(ids).to.deep.equal([...ids].sort((a, b) => a - b));
  // A trade of the account with itself is told once for each side.
  const told = rows.map((row) => `${row[ID[kind]]} ${row.isMaker ?? ""}`);
  expect(new Set(told).size, `told twice: ${told.filter((one, at) => told.indexOf(one) < at)}`).to.equal(
    told.length,
  );
  const all = new Set(ids);
  for (const id of steady) expect(all.has(id), `${id} was there and was not told`).to.equal(true);
  for (const id of all) expect(ever.has(id), `${id} was told and never there`).to.equal(true);
}
