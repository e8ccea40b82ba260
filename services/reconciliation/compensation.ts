import { type AccountId, type AssetId, FEE_ACCOUNT } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import type { CompensationLine, ReconciledFill } from "#shared/read-model/reconciliation.ts";

/**
 * The lines that put a busted fill right, never deletions: each amount that its conflicted part had moved, moved back. They add up to zero by asset. Fees follow the quantity, rounded down, as the share of
 * the fill that was conflicted.
 */
export function compensationOf(fill: ReconciledFill, market: Market): CompensationLine[] {
  const { conflicted, quantity, price, tradeId } = fill;
  if (conflicted === 0) return [];
  const base = conflicted * market.basePerLot;
  const quote = price * conflicted * market.quotePerTickLot;
  const takerBuys = fill.takerSide === "BUY";
  const [buyer, seller] = takerBuys
    ? [fill.takerAccount, fill.makerAccount]
    : [fill.makerAccount, fill.takerAccount];
  const share = (fee: number) => Number((BigInt(fee) * BigInt(conflicted)) / BigInt(quantity));
  const buyerFee = share(takerBuys ? fill.takerFee : fill.makerFee);
  const sellerFee = share(takerBuys ? fill.makerFee : fill.takerFee);
  const line = (account: AccountId, asset: AssetId, amount: number): CompensationLine => {
    return { market: market.id, tradeId, account, asset, amount };
  };
  return [
    line(buyer, market.base, -(base - buyerFee)),
    line(FEE_ACCOUNT, market.base, -buyerFee),
    line(seller, market.base, base),
    line(seller, market.quote, -(quote - sellerFee)),
    line(FEE_ACCOUNT, market.quote, -sellerFee),
    line(buyer, market.quote, quote),
  ].filter(({ amount }) => amount !== 0);
}
