import { isReconciling, pressureOf, shardOf } from "../../state/regions.ts";
import { type Store, useStore } from "../../state/store.ts";

/** What a trader must know of the platform before the next order: a partition, a market that cannot be reached, backpressure, an order that takes long. */
export function Banners({ store }: { readonly store: Store }) {
  const standing = useStore(store, (state) => state.standing);
  const symbol = useStore(store, (state) => state.symbol);
  const late = useStore(store, (state) => state.lateOrders);
  const pressure = pressureOf(standing);
  const shard = shardOf(standing, symbol);
  const reconciliations = useStore(store, (state) => state.reconciliations);
  const isFork = shard?.provisional === true;
  return (
    <div className="banners" role="status" aria-live="polite">
      {standing?.isPartitioned && (
        <p className="banner">
          <b>⚠ {standing.region} is cut off</b>{" "}
          {isFork
            ? `${symbol} goes on here: what trades now is provisional, and may be undone when the link is back.`
            : "Orders wait here and are sent again by themselves."}
        </p>
      )}
      {!standing?.isPartitioned && isFork && (
        <p className="banner">
          <b>◌ {symbol} is provisional</b> What trades now may be undone.
        </p>
      )}
      {shard?.route === "unreachable" && !standing?.isPartitioned && (
        <p className="banner">
          <b>⚠ {symbol} cannot be reached</b> Orders are queued and retried until {shard.owner} answers.
        </p>
      )}
      {isReconciling(shard, reconciliations) && (
        <p className="banner">
          <b>↻ {symbol} is being reconciled</b> What was provisional is replayed behind what the majority
          decided: it is confirmed, or taken back.
        </p>
      )}
      {pressure !== undefined && (
        <p className="banner" data-level={pressure.level}>
          <b>{pressureWords(pressure.level)}</b>
          {pressure.queued > 0 && <span className="num">{pressure.queued} queued → retrying</span>}
        </p>
      )}
      {late > 0 && (
        <p className="banner late">
          <b>⏱ {late === 1 ? "An order takes" : `${late} orders take`} longer than a second to be accepted</b>
        </p>
      )}
    </div>
  );
}

function pressureWords(level: "ok" | "slow" | "refusing"): string {
  if (level === "refusing") return "⚠ Overloaded: new orders are refused for a moment, cancels are taken";
  return level === "slow" ? "Busy: orders are taken slowly" : "Waiting for their market:";
}
