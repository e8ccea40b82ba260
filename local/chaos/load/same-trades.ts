import { LOCATIONS } from "../../edge/locations.ts";
import { askApi, type LoadAccount } from "./load-account.ts";

interface PublicTrade {
  readonly id: number;
  readonly price: string;
  readonly qty: string;
  readonly time: number;
  readonly isBuyerMaker: boolean;
}

const PAGE = 1000;

/**
 * Trades of the accounts' markets, after the last one of before by symbol, that not every Region shows alike: each writes its tables from its own tape, and an account is asked about in one Region only. Nothing may trade
 * meanwhile. Throws if the platform does not answer.
 */
export async function differingTrades(
  accounts: readonly LoadAccount[],
  lastBefore: ReadonlyMap<string, number>,
): Promise<readonly string[]> {
  const differing: string[] = [];
  const ofMarkets = new Map(accounts.map((account) => [account.market.symbol, account]));
  for (const [symbol, account] of ofMarkets) {
    const from = (lastBefore.get(symbol) ?? 0) + 1;
    const shown: { readonly location: string; readonly trades: ReadonlyMap<number, string> }[] = [];
    for (const location of placesOf(accounts))
      shown.push({ location, trades: await tradesFrom({ ...account, location }, from) });
    for (const id of new Set(shown.flatMap(({ trades }) => [...trades.keys()]))) {
      const versions = new Set(shown.map(({ trades }) => trades.get(id)));
      if (versions.size === 1) continue;
      const told = shown.map(({ location, trades }) => `${location} ${trades.get(id) ?? "nothing"}`);
      differing.push(`${symbol} trade ${id}: ${told.join(", ")}`);
    }
  }
  return differing;
}

/** Of the places where accounts are one next to each Region. */
function placesOf(accounts: readonly LoadAccount[]): readonly string[] {
  const places = new Map<string, string>();
  for (const { location } of accounts) {
    const [nearest = ""] =
      Object.entries(LOCATIONS[location] ?? {}).toSorted(([, a], [, b]) => a - b)[0] ?? [];
    if (!places.has(nearest)) places.set(nearest, location);
  }
  return [...places.values()];
}

async function tradesFrom(account: LoadAccount, first: number): Promise<ReadonlyMap<number, string>> {
  const trades = new Map<number, string>();
  for (let fromId = first; ; ) {
    const page = { symbol: account.market.symbol, fromId: String(fromId), limit: String(PAGE) };
    const { status, body } = await askApi(account, "/api/v3/historicalTrades", page);
    if (status !== 200)
      throw new Error(`trades of ${account.market.symbol}: ${status} ${JSON.stringify(body)}`);
    const rows = body as PublicTrade[];
    for (const { id, price, qty, time, isBuyerMaker } of rows)
      trades.set(id, `${isBuyerMaker ? "sold" : "bought"} ${qty} at ${price}, ${time}`);
    if (rows.length < PAGE) return trades;
    fromId = (rows.at(-1)?.id ?? fromId) + 1;
  }
}
