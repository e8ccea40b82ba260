import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { checkAllFilters, type MarketMoment, refuseEarly } from "#services/gateway/rest/check-filters.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import type { MarketState } from "#shared/domain/engine-state.ts";
import { type Event, REJECT_REASONS, type RejectReason } from "#shared/domain/event.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { OrderTerms } from "#shared/domain/order.ts";
import { ApiError, ERROR_OF_REASON, ERRORS } from "#shared/protocol/errors.ts";
import { BRANCH, commandStreams } from "./command-streams.ts";

const SHARD = "shard-1" as ShardId;

/** docs/engine-rules.md, PlaceOrder 3 to 12: what the gateway looks at too. */
const OF_FILTERS: ReadonlySet<RejectReason> = new Set<RejectReason>([
  "market-closed",
  "good-till-date-passed",
  "self-trade-prevention-not-allowed",
  "price-filter",
  "percent-price-by-side",
  "lot-size",
  "market-lot-size",
  "notional",
  "iceberg-parts",
  "trailing-delta",
]);
/** The fold looks at these before. */
const BEFORE: ReadonlySet<RejectReason> = new Set<RejectReason>([
  "expired-command",
  "validity-too-long",
  "unknown-market",
  "market-halts-in-fork",
  "malformed-order",
  "malformed-list",
]);

describe("the gateway's filters", function () {
  this.timeout(60_000);

  it("refuse an order as the fold does, and before the log only what the fold refuses for the same reason", () => {
    const met = new Set<RejectReason>();
    let early = 0;
    fc.assert(
      fc.property(commandStreams(120), (stream) => {
        const engine = createEngine(SHARD, BRANCH);
        for (const envelope of stream) {
          const command = envelope?.command;
          const isPlacing = command?.kind === "PlaceOrder" || command?.kind === "PlaceOrderList";
          const market = isPlacing
            ? engine.state().markets.find((one) => one.market.id === command.market)
            : undefined;
          const moment = market === undefined ? undefined : momentOf(market, engine.time);
          const refusal = refusalIn(engine.apply(envelope));
          if (!isPlacing || market === undefined || moment === undefined || refusal === "none") continue;
          if (refusal !== undefined && BEFORE.has(refusal)) continue;
          const wanted =
            refusal !== undefined && OF_FILTERS.has(refusal) ? ERROR_OF_REASON[refusal] : undefined;
          if (wanted !== undefined && refusal !== undefined) met.add(refusal);
          const what = JSON.stringify(command);
          if (command.kind === "PlaceOrder") {
            const told = errorOf(() => checkAllFilters(market.market, command, moment));
            expect(told, what).to.equal(wanted && ERRORS[wanted].msg);
          }
          const told = errorOf(() => refuseEarly(market.market, partsOf(command), moment));
          if (told !== undefined) {
            early++;
            expect(told, what).to.equal(wanted && ERRORS[wanted].msg);
          }
        }
      }),
      { numRuns: 500 },
    );
    expect([...met].sort()).to.deep.equal([...OF_FILTERS].sort());
    expect(early, "some were refused before the log").to.be.greaterThan(50);
  });
});

type Placing =
  | (OrderTerms & { readonly kind: "PlaceOrder" })
  | { readonly kind: "PlaceOrderList"; readonly contingency: string; readonly orders: readonly OrderTerms[] };

function partsOf(command: Placing): { terms: OrderTerms; isPending: boolean }[] {
  if (command.kind === "PlaceOrder") return [{ terms: command, isPending: false }];
  return command.orders.map((terms, place) => ({
    terms,
    isPending: command.contingency !== "OCO" && place > 0,
  }));
}

function momentOf({ state, lastPrice }: MarketState, time: number): MarketMoment {
  return { tradingState: state, lastPrice, time };
}

/** The reason, `undefined` where the order was taken, "none" where the command was not looked at. */
function refusalIn(events: readonly Event[]): RejectReason | "none" | undefined {
  for (const event of events) {
    if (event.kind === "CommandRejected") return REJECT_REASONS.find((reason) => reason === event.reason);
    if (event.kind === "OrderAccepted" || event.kind === "OrderListAccepted") return undefined;
  }
  return "none";
}

function errorOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}
