import type { MarketId, OrderId, OrderListId, Seq } from "#shared/domain/ids.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections, TradeRow } from "#shared/ports/projections.ts";
import type { CanonicalPast } from "./reconciliation-folder.ts";
import type { CanonicalTrade } from "./verdicts.ts";

const PAGE = 1000;

/** The past of the lineage as the tables and the journal hold it. They must hold the tape up to the seq that is asked for. */
export function pastFromTables(
  projections: Pick<Projections, "trades" | "order" | "orderList">,
  journal: Pick<Journal, "read">,
): CanonicalPast {
  return {
    outcomeAt: async (seq) => {
      const [outcome] = await journal.read(seq - 1, 1);
      return outcome?.seq === seq ? outcome : undefined;
    },
    standingIdOf: async (kind, merged) => {
      if (kind === "order") return (await projections.order(merged))?.orderId;
      const list = await projections.orderList(merged as number as OrderListId);
      return list === undefined ? undefined : (list.listId as number as OrderId);
    },
    tradesOf: async (takers, through) => {
      const trades: CanonicalTrade[] = [];
      for (const taker of takers) trades.push(...(await tradesOf(projections, taker, through)));
      return trades;
    },
  };
}

async function tradesOf(
  projections: Pick<Projections, "trades">,
  taker: { readonly market: string; readonly orderId: OrderId },
  through: Seq,
): Promise<readonly TradeRow[]> {
  const found: TradeRow[] = [];
  const market = taker.market as MarketId;
  for (let fromTradeId = 0; ; ) {
    const page = await projections.trades({ market, orderId: taker.orderId, fromTradeId, limit: PAGE });
    found.push(...page.filter(({ takerOrderId, seq }) => takerOrderId === taker.orderId && seq <= through));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return found;
    fromTradeId = last.tradeId + 1;
  }
}
