import type { Clock } from "#shared/ports/clock.ts";
import type { Found } from "../experiment.ts";
import { balancesOf, callApi, type LoadAccount, unitsOf } from "./load-account.ts";

/** What waits for the ledger must be in it within this time. */
const AGREES_WITHIN_MS = 120_000;
const LOOK_MS = 500;

/** Whether the ledger of a Region comes to hold of every account what its engine holds. */
export async function booksAgree(
  region: string,
  gateway: string,
  accounts: readonly LoadAccount[],
  clock: Clock,
): Promise<Found> {
  const start = clock.monotonic();
  let differing: string[] = [];
  do {
    differing = [];
    for (const account of accounts) differing.push(...(await differences({ ...account, url: gateway })));
    if (differing.length === 0) {
      const ms = Math.round(clock.monotonic() - start);
      return {
        facts: [
          `the ledger of ${region} agreed with its engine in all ${accounts.length} accounts ${ms} ms after the load ended`,
        ],
        problems: [],
      };
    }
    await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
  } while (clock.monotonic() - start < AGREES_WITHIN_MS);
  return { facts: [], problems: differing.map((line) => `${region}: ${line}`) };
}

/** Where the account's books are not what its balances are; asks until both are told. */
async function differences(account: LoadAccount): Promise<string[]> {
  const { status, body } = await callApi(account, "GET", "/meridian/v1/ledger/statement", { limit: "1" });
  if (status !== 200) return [`${account.name}: its statement is answered with ${status}`];
  const books = new Map<string, bigint>();
  for (const { asset, state, amount } of body.holdings as Holding[])
    if (state === "final") books.set(asset, (books.get(asset) ?? 0n) + signedUnits(amount));
  const balances = await balancesOf(account);
  return [...new Set([...books.keys(), ...balances.keys()])].flatMap((asset) => {
    const [held, booked] = [balances.get(asset) ?? 0n, books.get(asset) ?? 0n];
    return held === booked ? [] : [`${account.name}: ${asset} is ${held}, and in the books ${booked}`];
  });
}

interface Holding {
  readonly asset: string;
  readonly state: "final" | "provisional";
  readonly amount: string;
}

function signedUnits(amount: string): bigint {
  return amount.startsWith("-") ? -unitsOf(amount.slice(1)) : unitsOf(amount);
}
