import type { MarketId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { ToldOnce } from "#shared/ports/projections.ts";
import type { Dynamo } from "./dynamo.ts";
import type { Condition } from "./expressions.ts";
import { mergedKey, preventedMatchKey, tradeKey } from "./projection-rows.ts";
import { numberOf, type Row, textOf } from "./row.ts";

export interface OlderRows {
  readonly mark: number;
  readonly markets: readonly MarketId[];
  readonly toldAt: (seq: number) => Promise<ToldOnce>;
}

/** Of IN (Developer Guide, "Condition expressions"). */
const OPERANDS_MAX = 100;
const TABLES_OF_ROWS = ["orders", "trades", "candles"] as const;
/** Put without looking, so a writer that was late may have put one under an older mark; an order or a candle it would not have. */
const TOLD_ONCE = /^(TRADE|PREVENTED|MERGED)#/;

/** Deletes rows of some markets that bear an older mark; how many. Trades that were taken back are no rows of the tape, and stay. */
export async function removeOlderRows(dynamo: Dynamo, { mark, markets, toldAt }: OlderRows): Promise<number> {
  const isOlder: Condition = { expression: "#rewinds < :mark", values: { mark } };
  const isOne = isOlderOf(isOlder, markets);
  let removed = 0;
  for (const table of TABLES_OF_ROWS) {
    for await (const rows of dynamo.scan(table, isOne)) {
      for (const row of rows) {
        const pk = textOf(row, "pk");
        if (pk.includes("@") || (TOLD_ONCE.test(pk) && (await isTold(pk, row, toldAt)))) continue;
        const key: Row = table === "candles" ? { pk, openTime: numberOf(row, "openTime") } : { pk };
        const { ok } = await dynamo.remove(table, key, isOlder);
        if (ok) removed++;
      }
    }
  }
  return removed;
}

async function isTold(pk: string, row: Row, toldAt: OlderRows["toldAt"]): Promise<boolean> {
  const { trades, preventedMatches, merged } = await toldAt(numberOf(row, "seq"));
  return [
    ...trades.map((trade) => tradeKey(trade, "live")),
    ...preventedMatches.map(preventedMatchKey),
    ...merged.map(mergedKey),
  ].includes(pk);
}

function isOlderOf({ expression, values = {} }: Condition, markets: readonly MarketId[]): Condition {
  assert(
    markets.length > 0 && markets.length <= OPERANDS_MAX,
    `${markets.length} markets are looked for at once`,
  );
  const names = Object.fromEntries(markets.map((market, at) => [`market${at}`, market]));
  const list = Object.keys(names).map((name) => `:${name}`);
  return { expression: `${expression} AND #market IN (${list.join(", ")})`, values: { ...values, ...names } };
}
