import fc from "fast-check";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Command, CommandEnvelope } from "#shared/domain/command.ts";
import type { AccountId, AssetId, BranchId, CommandId, MarketId, OrderId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "#shared/domain/order.ts";

/** Streams of commands that meet each other: few accounts, few prices, markets that share assets, and everything that can be wrong. */

export const BRANCH = "us-east-1.1" as BranchId;
const START = 1_700_000_000_000;
const HOUR_MS = 3_600_000;
const { assets, markets } = defaultDefinitions();

/** A stream is made of steps; ids and times are given when it is unrolled, so that shrinking keeps it whole. */
type Step =
  | {
      readonly kind: "command";
      readonly command: Command;
      readonly validity: "none" | "good" | "expired" | "too-long";
    }
  | { readonly kind: "repeat"; readonly back: number }
  | { readonly kind: "other-branch" }
  | { readonly kind: "undecodable" };

const account = fc.integer({ min: 1, max: 3 }).map((id) => id as AccountId);
const market = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...markets.slice(0, 4).map(({ id }) => id)) },
  { weight: 1, arbitrary: fc.constant("NOPE" as MarketId) },
);
const asset = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...assets.map(({ id }) => id)) },
  { weight: 1, arbitrary: fc.constant("XXX" as AssetId) },
);
/** Every order id belongs to one of the three accounts. */
function ownerOf(id: OrderId): AccountId {
  return ((id % 3) + 1) as AccountId;
}

/** Order ids are small, so that streams name their own orders, and repeat them. */
const orderId = fc.integer({ min: 1, max: 90 }).map((id) => id as OrderId);
const clientOrderId = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 1, max: 400 }).map((id) => `c${id}`) },
  { weight: 1, arbitrary: fc.constantFrom("", "with blank", "x".repeat(37)) },
);
const price = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 100_000, max: 100_004 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 100_000_000, 100_000_001, Number.MAX_SAFE_INTEGER) },
);
const quantity = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 60, max: 3000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 90_000_000, 90_000_001, Number.MAX_SAFE_INTEGER) },
);

const placeOrder = fc
  .record({
    market,
    orderId,
    clientOrderId,
    side: fc.constantFrom(...SIDES),
    type: fc.constantFrom(...ORDER_TYPES, "LIMIT" as const),
    timeInForce: fc.constantFrom(...TIMES_IN_FORCE),
    price,
    quantity,
    quoteQuantity: fc.oneof(
      fc.integer({ min: 5_000_000, max: 3_000_000_000 }),
      fc.constantFrom(1, Number.MAX_SAFE_INTEGER),
    ),
    byQuote: fc.boolean(),
    malformed: fc.integer({ min: 0, max: 40 }),
    selfTradePrevention: fc.constantFrom(...SELF_TRADE_PREVENTIONS),
  })
  .map(({ byQuote, malformed, ...fields }): Command => {
    const order = { ...fields, account: ownerOf(fields.orderId) };
    const kind = "PlaceOrder" as const;
    // One in forty is left as it came: mostly malformed.
    if (malformed === 0) return { kind, ...order };
    if (order.type !== "MARKET") {
      return {
        kind,
        ...order,
        timeInForce: order.type === "LIMIT" ? order.timeInForce : "GTC",
        quoteQuantity: 0,
      };
    }
    const amounts = byQuote ? { quantity: 0 } : { quoteQuantity: 0 };
    return { kind, ...order, timeInForce: "IOC", price: 0, ...amounts };
  });

/** Mostly the order's own account, so that cancels and amendments find something. */
const named = fc
  .record({
    market,
    orderId: fc.oneof({ weight: 4, arbitrary: orderId }, { weight: 1, arbitrary: fc.constant(0 as const) }),
    origClientOrderId: fc.oneof(
      { weight: 1, arbitrary: clientOrderId },
      { weight: 3, arbitrary: fc.constant("") },
    ),
    stranger: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ stranger, ...fields }) => {
    const isOwn = fields.orderId !== 0 && stranger !== 0;
    return {
      ...fields,
      account: isOwn ? ownerOf(fields.orderId as OrderId) : ((1 + (stranger % 3)) as AccountId),
    };
  });
const amount = fc.oneof(
  fc.integer({ min: 1, max: 100_000_000_000 }),
  fc.constantFrom(0, Number.MAX_SAFE_INTEGER),
);
const changedMarket = fc
  .record({
    base: fc.constantFrom(...markets),
    change: fc.constantFrom<Partial<Market>>(
      {},
      { makerFeePpm: 0, takerFeePpm: 999_999 },
      { minNotional: 1, minQuantity: 1 },
      { maxPrice: 100_002 },
      { allowedSelfTradePrevention: ["NONE", "EXPIRE_MAKER"] },
      { makerFeePpm: 1_000_001 },
      { minPrice: 0 },
      { basePerLot: 1 },
      { tickUnits: 5 },
      { quote: "XXX" as AssetId },
      { maxQuantity: Number.MAX_SAFE_INTEGER },
    ),
  })
  .map(({ base, change }): Command => ({ kind: "DefineMarket", market: { ...base, ...change } }));

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 60, arbitrary: placeOrder },
  { weight: 10, arbitrary: named.map((fields): Command => ({ kind: "CancelOrder", ...fields })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ account, market })
      .map((fields): Command => ({ kind: "CancelAllOrders", ...fields })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(named, quantity)
      .map(([fields, lots]): Command => ({ kind: "AmendOrder", ...fields, quantity: lots })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ account, asset, amount })
      .map((fields): Command => ({ kind: "Deposit", ...fields })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ account, asset, amount })
      .map((fields): Command => ({ kind: "Withdraw", ...fields })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Command>({
      kind: "Deposit",
      account: 0 as AccountId,
      asset: "BTC" as AssetId,
      amount: 1,
    }),
  },
  { weight: 2, arbitrary: changedMarket },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...assets), fc.constantFrom(0, 0, 1, 16))
      .map(
        ([each, more]): Command => ({ kind: "DefineAsset", asset: { ...each, scale: each.scale + more } }),
      ),
  },
  {
    weight: 6,
    arbitrary: fc
      .oneof(
        { weight: 10, arbitrary: fc.integer({ min: -1000, max: 5000 }) },
        { weight: 1, arbitrary: fc.constantFrom(23 * HOUR_MS, 25 * HOUR_MS) },
      )
      .map((time): Command => ({ kind: "Tick", time })),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      kind: fc.constant("command" as const),
      command,
      validity: fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom("none" as const, "good" as const) },
        { weight: 1, arbitrary: fc.constantFrom("expired" as const, "too-long" as const) },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("repeat" as const), back: fc.integer({ min: 1, max: 20 }) }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: "other-branch" }, { kind: "undecodable" }) },
);

/** A whole stream: a shard with markets and funded accounts, then what chance brings. */
export function commandStreams(maxLength: number): fc.Arbitrary<(CommandEnvelope | null)[]> {
  return fc.array(step, { minLength: 1, maxLength, size: "max" }).map(unroll);
}

function unroll(steps: readonly Step[]): (CommandEnvelope | null)[] {
  const stream: (CommandEnvelope | null)[] = [];
  let now = START;
  const push = (each: Command, validUntil: number, branch = BRANCH) => {
    const commandId = (stream.length + 1).toString(16).padStart(32, "0") as CommandId;
    stream.push({ commandId, branch, validUntil, command: each });
  };
  for (const each of opening()) push(each, 0);
  for (const each of steps) {
    switch (each.kind) {
      case "undecodable":
        stream.push(null);
        break;
      case "other-branch":
        push({ kind: "Tick", time: now }, 0, "eu-west-1.9" as BranchId);
        break;
      case "repeat":
        stream.push(stream.at(-each.back) ?? null);
        break;
      case "command": {
        if (each.command.kind === "Tick") {
          push({ kind: "Tick", time: now + each.command.time }, 0);
          now = Math.max(now, now + each.command.time);
          break;
        }
        const until = { none: 0, good: now + 1000, expired: now - 1, "too-long": now + HOUR_MS + 1 }[
          each.validity
        ];
        push(each.command, until);
      }
    }
  }
  return stream;
}

function opening(): Command[] {
  const funds = [1, 2, 3].flatMap((id) =>
    assets.map((each): Command => {
      // The third account is poor, so that orders are refused for want of funds too.
      const units = id === 3 ? 2 * 10 ** each.scale : 1_000_000 * 10 ** Math.min(each.scale, 6);
      return { kind: "Deposit", account: id as AccountId, asset: each.id, amount: units };
    }),
  );
  return [
    { kind: "Tick", time: START },
    ...assets.map((each): Command => ({ kind: "DefineAsset", asset: each })),
    ...markets.map((each): Command => ({ kind: "DefineMarket", market: each })),
    ...funds,
  ];
}
