import { type Store, useStore } from "../state/store.ts";

/** Whether the page is live, and how long the way to the exchange and back takes. */
export function ConnectionPill({ store }: { readonly store: Store }) {
  const { state, roundTripMs } = useStore(store, (page) => page.connection);
  return (
    <output className={`pill ${state}`} aria-label="Connection" title="Round trip to the exchange">
      <i />
      {state === "live" && <span>Live</span>}
      {state === "live" && roundTripMs !== undefined && <span className="num">{roundTripMs} ms</span>}
      {state === "connecting" && "Connecting"}
      {state === "stale" && <span>Stale: reconnecting</span>}
      {state === "stale" && roundTripMs !== undefined && <span className="num">was {roundTripMs} ms</span>}
    </output>
  );
}
