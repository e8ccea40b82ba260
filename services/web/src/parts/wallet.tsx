import type { PartProps } from "../app.tsx";
import { trimmed } from "../money/decimal.ts";
import { useStore } from "../state/store.ts";

/** What the account has: free, and locked by open orders. */
export function Wallet({ store, exchange }: PartProps) {
  const balances = useStore(store, (state) => state.balances);
  const session = useStore(store, (state) => state.session);
  const isSignedIn = session !== undefined && session !== "unknown";
  const takeFunds = () =>
    exchange.takeTestFunds().catch((error: Error) => store.notify("bad", error.message));
  return (
    <section className="panel wallet" aria-label="Balances">
      <header>
        <h2>Balances</h2>
        {isSignedIn && (
          <button type="button" className="quiet" onClick={takeFunds}>
            Get test funds
          </button>
        )}
      </header>
      {balances.length === 0 ? (
        <p className="empty">
          {isSignedIn ? "No funds yet: get test funds to begin." : "Sign in to see your balances."}
        </p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Asset</th>
              <th scope="col">Free</th>
              <th scope="col">Locked</th>
            </tr>
          </thead>
          <tbody>
            {balances.map(({ asset, free, locked }) => (
              <tr key={asset} data-asset={asset}>
                <th scope="row">{asset}</th>
                <td className="num">{trimmed(free)}</td>
                <td className="num soft">{trimmed(locked)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
