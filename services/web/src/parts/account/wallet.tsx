import { trimmed } from "../../money/decimal.ts";
import { provisionalAssets } from "../../state/regions.ts";
import { useStore } from "../../state/store.ts";
import type { PartProps } from "../part-props.ts";
import { StandingMark } from "../regions/standing-mark.tsx";
import { Skeleton } from "../skeleton.tsx";
import { TableHead } from "../table-head.tsx";

/** What the account has: free, and locked by open orders. */
export function Wallet({ store, exchange }: PartProps) {
  const balances = useStore(store, (state) => state.balances);
  const session = useStore(store, (state) => state.session);
  const standing = useStore(store, (state) => state.standing);
  const shardBalances = useStore(store, (state) => state.shardBalances);
  const provisional = provisionalAssets(standing, shardBalances);
  const isSignedIn = session !== undefined && session !== "unknown";
  const fund = (className: string) => (
    <button type="button" className={className} onClick={() => exchange.takeTestFunds()}>
      Get test funds
    </button>
  );
  return (
    <section className="panel wallet" aria-label="Balances">
      <header>
        <h2>Balances</h2>
        {balances !== undefined && balances.length > 0 && fund("quiet")}
      </header>
      {session === undefined && <p className="empty">Sign in to see your balances.</p>}
      {isSignedIn && balances === undefined && <Skeleton rows={6} what="balances" />}
      {balances?.length === 0 && (
        <div className="empty">
          <p>No funds yet.</p>
          {fund("primary")}
        </div>
      )}
      {balances !== undefined && balances.length > 0 && (
        <div className="scroll">
          <table>
            <TableHead names={["Asset", "Free", "Locked"]} numeric={["Free", "Locked"]} />
            <tbody>
              {balances.map(({ asset, free, locked }) => (
                <tr key={asset} data-asset={asset}>
                  <th scope="row">
                    {asset} {provisional.has(asset) && <StandingMark icon="◌" word="provisional" />}
                  </th>
                  <td className="num">{trimmed(free)}</td>
                  <td className="num soft">{trimmed(locked)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
