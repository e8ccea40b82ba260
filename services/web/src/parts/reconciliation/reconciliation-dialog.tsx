import { isZero, trimmed } from "../../money/decimal.ts";
import { useStore } from "../../state/store.ts";
import { Dialog } from "../dialog.tsx";
import type { PartProps } from "../part-props.ts";
import { usePriceText } from "../price-text.ts";
import { timeText } from "../time-text.ts";
import { adjustmentText, VERDICT_WORDS } from "./verdict-words.ts";

/** What reconciliation made of what the user did in a fork: the newest first. */
export function ReconciliationDialog({ store, onClose }: PartProps & { readonly onClose: () => void }) {
  const details = useStore(store, (state) => state.details);
  const priceText = usePriceText(store);
  return (
    <Dialog title="Reconciliations" onClose={onClose}>
      <div className="reconciliations">
        {details.length === 0 && <p className="empty">No fork has touched your account.</p>}
        {details.map((each) => (
          <article key={each.id} data-reconciliation={each.id}>
            <h3>
              {each.symbols.join(", ") || each.shard} <small>epoch {each.epoch}</small>
            </h3>
            <p className="soft">
              {each.region} had matched on by itself; its orders were replayed behind what the majority had
              decided, {timeText(each.endedAt, Date.now())}. What the majority's book also traded is
              confirmed; the rest was taken back.
            </p>
            {each.trades.some(({ own }) => own.length > 0) && (
              <table>
                <caption>Your provisional fills</caption>
                <tbody>
                  {each.trades.flatMap((trade) =>
                    trade.own.map(({ side, orderId, isMaker }) => (
                      <tr
                        key={`${trade.symbol} ${trade.tradeId} ${isMaker}`}
                        data-verdict={isZero(trade.conflictedQuantity) ? "confirmed" : "conflicted"}
                      >
                        <td className={side === "BUY" ? "up" : "down"}>{side === "BUY" ? "Buy" : "Sell"}</td>
                        <td className="num">
                          {trimmed(trade.quantity)} {trade.symbol} at {priceText(trade.symbol, trade.price)}
                        </td>
                        <td className="soft num">order {orderId}</td>
                        <td>
                          {isZero(trade.conflictedQuantity)
                            ? "✓ confirmed"
                            : `⚠ conflicted: ${trimmed(trade.conflictedQuantity)}`}
                        </td>
                      </tr>
                    )),
                  )}
                </tbody>
              </table>
            )}
            {each.ownCommands.length > 0 && (
              <table>
                <caption>Your orders and cancels</caption>
                <tbody>
                  {each.ownCommands.map(({ n, command, orderId, verdict, reason }) => (
                    <tr key={n}>
                      <td>{command}</td>
                      <td className="soft num">{orderId === 0 ? "" : `order ${orderId}`}</td>
                      <td>
                        {VERDICT_WORDS[verdict]} {reason !== "" && <small className="soft">{reason}</small>}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            {each.ownAdjustments.length > 0 && (
              <table>
                <caption>Your balances</caption>
                <thead>
                  <tr>
                    {["Asset", "In the fork", "Now", "Difference"].map((name) => (
                      <th key={name} scope="col">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {each.ownAdjustments.map(({ asset, before, after, difference }) => (
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
            {each.ownCompensation.length > 0 && (
              <table>
                <caption>Ledger lines of the busted fills</caption>
                <tbody>
                  {each.ownCompensation.map(({ symbol, tradeId, asset, amount }) => (
                    <tr key={`${symbol} ${tradeId} ${asset} ${amount}`}>
                      <td className="soft">
                        {symbol} trade {tradeId}
                      </td>
                      <td className="num">
                        {adjustmentText(amount)} {asset}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </article>
        ))}
      </div>
    </Dialog>
  );
}
