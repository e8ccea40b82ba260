import { trimmed } from "../../money/decimal.ts";
import { fillKey } from "../../state/fills.ts";
import type { Store } from "../../state/store.ts";
import type { FillItem } from "../../state/types.ts";
import { usePriceText } from "../price-text.ts";
import { SideCell } from "../side-cell.tsx";
import { TableHead } from "../table-head.tsx";
import { timeText } from "../time-text.ts";

const COLUMNS = ["Time", "Market", "Side", "Price", "Quantity", "Total", "Fee", "Role"];
const NUMERIC = ["Price", "Quantity", "Total", "Fee"];

/** Every execution with its fee, on a narrow screen as cards. */
export function FillTable({ store, fills }: { readonly store: Store; readonly fills: readonly FillItem[] }) {
  const priceText = usePriceText(store);
  if (fills.length === 0) return <p className="empty">No fills yet.</p>;
  const now = Date.now();
  return (
    <table className="cards">
      <TableHead names={COLUMNS} numeric={NUMERIC} />
      <tbody>
        {fills.map((fill) => (
          <tr key={fillKey(fill)} data-trade={fill.id} data-verdict={fill.verdict}>
            <td className="num soft" data-label="Time">
              {timeText(fill.time, now)}
            </td>
            <td data-label="Market">{fill.symbol}</td>
            <SideCell side={fill.isBuyer ? "BUY" : "SELL"} label="Side" />
            <td className="num" data-label="Price">
              {priceText(fill.symbol, fill.price)}
            </td>
            <td className="num" data-label="Quantity">
              {trimmed(fill.qty)}
            </td>
            <td className="num" data-label="Total">
              {trimmed(fill.quoteQty)}
            </td>
            <td className="num" data-label="Fee">
              {trimmed(fill.commission)} {fill.commissionAsset}
            </td>
            <td className="soft" data-label="Role">
              <span>{fill.isMaker ? "maker" : "taker"}</span> <FillStanding fill={fill} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is not as sure as the rest: by icon and words, not by color alone. */
function FillStanding({ fill: { verdict, provisional } }: { readonly fill: FillItem }) {
  if (verdict === "conflicted") return <span className="badge conflicted">⚠ conflicted</span>;
  if (verdict === "checking") return <span className="badge provisional">↻ being reconciled</span>;
  return provisional ? <span className="badge provisional">◌ provisional</span> : null;
}
