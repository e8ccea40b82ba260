import type { WireReconciliation } from "#shared/protocol/reconciliation-messages.ts";
import { trimmed } from "../../money/decimal.ts";
import { TableHead } from "../table-head.tsx";
import { adjustmentText } from "./verdict-words.ts";

type OwnStatementProps = Pick<WireReconciliation, "ownAdjustments" | "ownCompensation">;

/** How a reconciliation changed the user's balances, and by which lines. */
export function OwnStatement({ ownAdjustments, ownCompensation }: OwnStatementProps) {
  return (
    <>
      {ownAdjustments.length > 0 && (
        <table>
          <caption>Your balances</caption>
          <TableHead
            names={["Asset", "In the fork", "Now", "Difference"]}
            numeric={["In the fork", "Now", "Difference"]}
          />
          <tbody>
            {ownAdjustments.map(({ asset, before, after, difference }) => (
              <tr key={asset} data-asset={asset}>
                <th scope="row">{asset}</th>
                <td className="num">{trimmed(before)}</td>
                <td className="num">{trimmed(after)}</td>
                <td className="num">{adjustmentText(difference)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {ownCompensation.length > 0 && (
        <table>
          <caption>Ledger lines of the busted fills</caption>
          <TableHead names={["Trade", "Amount"]} numeric={["Amount"]} />
          <tbody>
            {ownCompensation.map(({ symbol, tradeId, asset, amount }) => (
              <tr key={`${symbol} ${tradeId} ${asset} ${amount}`}>
                <td className="soft">
                  {symbol} {tradeId}
                </td>
                <td className="num">
                  {adjustmentText(amount)} {asset}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
