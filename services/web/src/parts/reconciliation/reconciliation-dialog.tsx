import { useStore } from "../../state/store.ts";
import { Dialog } from "../dialog.tsx";
import type { PartProps } from "../part-props.ts";
import { usePriceText } from "../price-text.ts";
import { timeText } from "../time-text.ts";
import { OwnCommands } from "./own-commands.tsx";
import { OwnFills } from "./own-fills.tsx";
import { OwnStatement } from "./own-statement.tsx";

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
            <OwnFills trades={each.trades} priceText={priceText} />
            <OwnCommands commands={each.ownCommands} />
            <OwnStatement {...each} />
          </article>
        ))}
      </div>
    </Dialog>
  );
}
