import { expect } from "chai";
import { ProjectionFolders } from "#services/projector/projection-folders.ts";
import { openSqliteProjections } from "#shared/adapters/embedded/sqlite-projections.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, ShardId } from "#shared/domain/ids.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections } from "#shared/ports/projections.ts";
import { heldThrough } from "#shared/read-model/held-through.ts";

const ALL = 1_000_000;
const STEP = 1000;

/** Tables hold row for row what their journal makes of them when it is written to empty ones. */
export async function expectTablesOfJournal(
  shard: ShardId,
  where: string,
  { journal, projections }: { readonly journal: Journal; readonly projections: Projections },
): Promise<void> {
  const through = heldThrough(shard, { journal, projections });
  expect(through, `${where}: its tables stand on its tape`).to.be.greaterThan(0);
  const outcomes = await journal.read(0, through);
  const fresh = openSqliteProjections({ file: ":memory:" });
  try {
    const folders = await ProjectionFolders.from(undefined, fresh);
    for (let at = 0; at < outcomes.length; at += STEP)
      await fresh.commit(folders.fold(outcomes.slice(at, at + STEP), ALL));
    const wanted = await rowsOf(fresh, shard, outcomes);
    for (const [id, row] of await rowsOf(projections, shard, outcomes)) {
      expect(row, `${where}: ${id}`).to.equal(wanted.get(id));
      wanted.delete(id);
    }
    expect([...wanted.keys()].slice(0, 9), `${where}: missing`).to.deep.equal([]);
  } finally {
    await fresh.close();
  }
}

/** Every row of a shard's tables as text, by its name. */
async function rowsOf(
  tables: Projections,
  shard: ShardId,
  outcomes: readonly Outcome[],
): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  const put = (name: string, row: object) => rows.set(name, JSON.stringify(row, Object.keys(row).sort()));
  const definition = defaultDefinitions().shards.find(({ id }) => id === shard);
  for (const market of definition?.markets ?? []) {
    for (const trade of await tables.trades({ market, limit: ALL }))
      put(`trade ${market} ${trade.tradeId}`, trade);
    for (const candle of await tables.candles({ market, limit: ALL }))
      put(`candle ${market} ${candle.openTime}`, candle);
    for (const account of accountsOf(outcomes)) {
      for (const order of await tables.orders({ account, market, limit: ALL }))
        put(`order ${order.orderId}`, order);
      for (const match of await tables.preventedMatches({ account, market, limit: ALL }))
        put(`prevented match ${market} ${match.preventedMatchId}`, match);
    }
  }
  return rows;
}

function accountsOf(outcomes: readonly Outcome[]): ReadonlySet<AccountId> {
  return new Set(
    outcomes.flatMap(({ events }) =>
      events.flatMap((event) => ("account" in event ? [event.account as AccountId] : [])),
    ),
  );
}
