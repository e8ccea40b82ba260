import type { WireReconciliation } from "#shared/protocol/reconciliation-messages.ts";
import { isZero, trimmed } from "../../money/decimal.ts";
import { SideCell } from "../side-cell.tsx";
import { TableHead } from "../table-head.tsx";

interface OwnFillsProps {
  readonly trades: WireReconciliation["trades"];
  readonly priceText: (symbol: string, price: string) => string;
}

const COLUMNS = ["Side", "Market", "Price", "Quantity", "Order", "Verdict"];

/** The user's provisional fills of a fork, and which of them stand. */
export function OwnFills({ trades, priceText }: OwnFillsProps) {
  const lines = trades.flatMap((trade) => trade.own.map((side) => ({ trade, side })));
  if (lines.length === 0) return null;
  return (
    <table className="cards">
      <caption>Your provisional fills</caption>
      <TableHead names={COLUMNS} numeric={["Price", "Quantity", "Order"]} />
      <tbody>
        {lines.map(({ trade, side: { side, orderId, isMaker } }) => {
          const { symbol, tradeId, price, quantity, conflictedQuantity } = trade;
          const stands = isZero(conflictedQuantity);
          return (
            <tr key={`${symbol} ${tradeId} ${isMaker}`} data-verdict={stands ? "confirmed" : "conflicted"}>
              <SideCell side={side} label="Side" />
              <td data-label="Market">{symbol}</td>
              <td className="num" data-label="Price">
                {priceText(symbol, price)}
              </td>
              <td className="num" data-label="Quantity">
                {trimmed(quantity)}
              </td>
              <td className="soft num" data-label="Order">
                {orderId}
              </td>
              <td data-label="Verdict">
                {stands ? "✓ confirmed" : `⚠ conflicted: ${trimmed(conflictedQuantity)}`}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
