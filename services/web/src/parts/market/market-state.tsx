import type { MarketStatus, WireAuction } from "#shared/protocol/socket.ts";
import { digitsOf, readable, trimmed } from "../../money/decimal.ts";
import { type Store, useMarket, useStore } from "../../state/store.ts";

const WORDS: Readonly<Record<Exclude<MarketStatus, "TRADING">, string>> = {
  HALT: "Halted",
  BREAK: "Auction",
  CANCEL_ONLY: "Cancel only",
};

/** The state of the shown market unless it trades as usual; before an auction, what it would do now. */
export function MarketState({ store }: { readonly store: Store }) {
  const ticker = useStore(store, (state) => state.tickers[state.symbol]);
  const info = useMarket(store);
  const status = ticker?.status ?? "TRADING";
  if (status === "TRADING") return null;
  const auctionText = ({ price, quantity }: WireAuction) =>
    `${readable(price, digitsOf(info?.tickSize ?? price))} × ${trimmed(quantity)} ${info?.baseAsset ?? ""}`;
  const auction = ticker?.indicativeAuction ?? null;
  return (
    <output className="market-state" aria-label="Market state">
      <b>{WORDS[status]}</b>
      {status === "BREAK" && (
        <span className="num">{auction === null ? "nothing would trade yet" : auctionText(auction)}</span>
      )}
    </output>
  );
}
