import { LOCATIONS } from "../../edge/locations.ts";
import type { Stage } from "../experiment.ts";
import { type LoadAccount, openLoadAccount } from "./load-account.ts";
import { atPresentPrice, LOAD_MARKETS } from "./load-market.ts";

/** Signs traders up, spread over the places of the world and the markets. `now` makes their names new. */
export async function openAccounts(
  url: string,
  { regions }: Stage,
  count: number,
  now: number,
): Promise<LoadAccount[]> {
  // With one Region all clients are next door: distance would only be added to every figure.
  const locations = regions.length === 1 ? [""] : Object.keys(LOCATIONS);
  const accounts: LoadAccount[] = [];
  const markets = await Promise.all(LOAD_MARKETS.map((market) => atPresentPrice(url, market)));
  // One after the other: passwords are made slow to check on purpose.
  for (let at = 0; at < count; at++) {
    const name = `chaos-${now.toString(36)}-${at}`;
    const location = locations[at % locations.length] ?? "";
    const market = markets[at % markets.length];
    if (market === undefined) throw new Error("the load has no market");
    accounts.push(await openLoadAccount(url, { name, password: `chaos ${name}` }, location, market));
  }
  return accounts;
}
