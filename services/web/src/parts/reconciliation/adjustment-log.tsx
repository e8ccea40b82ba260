import { useStore } from "../../state/store.ts";
import type { PartProps } from "../part-props.ts";
import { TableHead } from "../table-head.tsx";
import { timeText } from "../time-text.ts";
import { adjustmentText } from "./verdict-words.ts";

/** What reconciliations changed for the account, newest first. */
export function AdjustmentLog({ store }: PartProps) {
  const adjustments = useStore(store, (state) => state.adjustments);
  if (adjustments.length === 0) return <p className="empty">No reconciliation has changed your balances.</p>;
  const now = Date.now();
  return (
    <table className="cards">
      <TableHead names={["Time", "Change", "Reconciled"]} numeric={["Change"]} action="Action" />
      <tbody>
        {adjustments.flatMap((each) =>
          each.adjustments.map(({ asset, difference }) => (
            <tr key={`${each.reconciliation} ${asset}`} data-asset={asset}>
              <td className="num soft" data-label="Time">
                {timeText(each.time, now)}
              </td>
              <td className="num" data-label="Change">
                {adjustmentText(difference)} {asset}
              </td>
              <td className="soft" data-label="Reconciled">
                {each.shard}, epoch {each.epoch}
              </td>
              <td className="action">
                <button
                  type="button"
                  className="quiet"
                  onClick={() => store.set({ dialog: "reconciliations" })}
                >
                  Why?
                </button>
              </td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}
