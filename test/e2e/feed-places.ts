import { expect } from "chai";
import type { Event, Outcome } from "#shared/domain/event.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { Place } from "#shared/protocol/socket.ts";
import type { Spot } from "./feed-recorder.ts";

/** What a user must be told of an outcome, by the words of the protocol. */
export function userPlaces({ seq, events }: Outcome, account: AccountId): Spot[] {
  return events.flatMap((event, index) =>
    rolesOf(event, account, events.slice(index + 1)).map((role): Spot => [seq, 2 * index + role]),
  );
}

/** 0 for the order or the maker, 1 for the taker. `next`: the events after it. */
function rolesOf(event: Event, account: AccountId, next: readonly Event[]): number[] {
  if (event.kind === "Trade") {
    return [...(event.makerAccount === account ? [0] : []), ...(event.takerAccount === account ? [1] : [])];
  }
  if (!("account" in event) || event.account !== account) return [];
  if (event.kind === "TradePrevented") {
    // Who ends by it is told so by the event of the end, which what that does to order lists may precede.
    const end = next.findIndex(({ kind }) => kind !== "OrderExpired" && kind !== "OrderListDone");
    const ends = (orderId: number) =>
      next
        .slice(0, end < 0 ? next.length : end)
        .some((one) => one.kind === "OrderExpired" && one.reason === "self-trade" && one.orderId === orderId);
    return [
      ...(event.makerPrevented > 0 && !ends(event.makerOrderId) ? [0] : []),
      ...(event.takerPrevented > 0 && !ends(event.takerOrderId) ? [1] : []),
    ];
  }
  if (event.kind === "CommandRejected") return event.command === "PlaceOrder" ? [0] : [];
  return event.kind === "Deposited" || event.kind === "Withdrawn" ? [] : [0];
}

/** What everybody must be told of the trades of an outcome. */
export function tradePlaces({ seq, events }: Outcome): Spot[] {
  return events.flatMap((event, index): Spot[] => (event.kind === "Trade" ? [[seq, index]] : []));
}

/** Where messages stood that a client took. */
export function places(messages: readonly Place[]): Spot[] {
  return messages.map(({ seq, index }) => [seq, index]);
}

/** As deep equality, with the first difference in the message instead of thousands of lines. */
export function expectSame(actual: readonly Spot[], wanted: readonly Spot[], what: string): void {
  const at = wanted.findIndex((spot, index) => String(spot) !== String(actual[index]));
  expect(at < 0 ? "no difference" : `at ${at}: ${actual[at]} for ${wanted[at]}`, what).to.equal(
    "no difference",
  );
  expect(actual.length, what).to.equal(wanted.length);
}

/** True if the last message is at a place or beyond it. */
export function reaches(messages: readonly Place[], spot: Spot | undefined): boolean {
  const last = messages.at(-1);
  if (spot === undefined) return true;
  return last !== undefined && (last.seq > spot[0] || (last.seq === spot[0] && last.index >= spot[1]));
}
