import type { PlaceOrderList } from "#shared/domain/command.ts";
import type { AccountId, CommandId, MarketId, OrderId, OrderListId } from "#shared/domain/ids.ts";
import {
  CONTINGENCIES,
  type Contingency,
  isAlgo,
  isMarketType,
  ORDER_TYPES,
  type OrderTerms,
  type OrderType,
  SELF_TRADE_PREVENTIONS,
  SIDES,
  type Side,
  type TimeInForce,
  triggersUpward,
} from "#shared/domain/order.ts";
import type { Draw } from "./draw.ts";
import type { BranchStory } from "./stream-branches.ts";
import type { ForkStory } from "./stream-forks.ts";
import { ACCOUNTS, type Setting, START, type Theme } from "./stream-setting.ts";

/** Something that the stream has named before, so that it can be named again. */
export interface Placed {
  readonly account: AccountId;
  readonly market: MarketId;
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly isList: boolean;
}

/** What has been placed so far in a stream, and what comes next. */
export interface Story {
  readonly setting: Setting;
  readonly placed: Placed[];
  nextId: number;
  now: number;
  /** How many records it has so far. */
  seq: number;
  readonly branches: BranchStory;
  readonly forks: ForkStory;
  /** Ids of commands that were sent, and of those among them that transfer something out. */
  readonly sent: CommandId[];
  readonly transfers: CommandId[];
}

const TYPES: Readonly<Record<Theme, Readonly<Record<OrderType, number>>>> = {
  everything: typeWeights(40, 10, 6),
  matching: typeWeights(60, 20, 2),
  triggers: typeWeights(36, 8, 14),
  lists: typeWeights(50, 10, 4),
  auctions: typeWeights(80, 3, 4),
  icebergs: typeWeights(60, 8, 4),
  filters: typeWeights(40, 10, 8),
  forks: typeWeights(60, 20, 6),
};

/** How many of a thousand orders that may be icebergs are. */
const ICEBERGS: Readonly<Partial<Record<Theme, number>>> = { icebergs: 500, filters: 350, auctions: 250 };

function typeWeights(limit: number, market: number, algo: number): Record<OrderType, number> {
  const algos = { STOP_LOSS: algo, STOP_LOSS_LIMIT: algo, TAKE_PROFIT: algo, TAKE_PROFIT_LIMIT: algo };
  return { LIMIT: limit, MARKET: market, LIMIT_MAKER: 6, ...algos };
}

export function someAccount(draw: Draw): AccountId {
  return draw.pick([...ACCOUNTS, ...ACCOUNTS.slice(0, 2)]);
}

/** A single order, mostly well formed. */
export function someOrder(draw: Draw, story: Story): OrderTerms {
  const type = draw.weighted(TYPES[story.setting.theme]);
  return spoiled(draw, orderOf(draw, story, type, draw.pick(SIDES)));
}

/** A list, mostly well formed. */
export function someList(
  draw: Draw,
  story: Story,
  account: AccountId,
  market: MarketId,
): Omit<PlaceOrderList, "kind"> {
  const listId = newId(draw, story) as OrderListId;
  const contingency = draw.pick(CONTINGENCIES);
  const orders = ordersOf(draw, story, contingency).map((order) => spoiled(draw, order, 4));
  const tooFew = draw.perMille(8) ? orders.slice(1) : orders;
  return { listId, account, market, listClientOrderId: newName(draw, listId), contingency, orders: tooFew };
}

function ordersOf(draw: Draw, story: Story, contingency: Contingency): OrderTerms[] {
  const side = draw.pick(SIDES);
  const working = () =>
    orderOf(draw, story, draw.pick(["LIMIT", "LIMIT", "LIMIT_MAKER"] as const), draw.pick(SIDES));
  switch (contingency) {
    case "OCO":
      return pairOf(draw, story, side);
    case "OTO": {
      const pending = orderOf(draw, story, draw.pick(ORDER_TYPES), side);
      const isByQuote = pending.quoteQuantity > 0 && !draw.perMille(30);
      return [
        working(),
        isByQuote
          ? { ...pending, quantity: someQuantity(draw, story.setting.theme), quoteQuantity: 0 }
          : pending,
      ];
    }
    case "OTOCO":
      return [working(), ...pairOf(draw, story, side)];
  }
}

/** Above and below of an OCO. */
function pairOf(draw: Draw, story: Story, side: Side): OrderTerms[] {
  const profits = ["LIMIT_MAKER", "LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"] as const;
  const profit = orderOf(draw, story, draw.pick(profits), side);
  const loss = orderOf(draw, story, draw.pick(["STOP_LOSS", "STOP_LOSS_LIMIT"] as const), side);
  const quantity = draw.perMille(20) ? loss.quantity : profit.quantity;
  const fitting = withQuantity(loss, quantity);
  return (side === "SELL") !== draw.perMille(10) ? [profit, fitting] : [fitting, profit];
}

function withQuantity(order: OrderTerms, quantity: number): OrderTerms {
  return {
    ...order,
    quantity,
    icebergQuantity: order.icebergQuantity < quantity ? order.icebergQuantity : 0,
  };
}

function orderOf(draw: Draw, story: Story, type: OrderType, side: Side): OrderTerms {
  const { setting, now } = story;
  const orderId = newId(draw, story) as OrderId;
  const timeInForce = timeInForceOf(draw, type);
  const quantity = someQuantity(draw, setting.theme);
  const isByQuote = type === "MARKET" && draw.perMille(400);
  const rests = !isMarketType(type) && (timeInForce === "GTC" || timeInForce === "GTD");
  const isIceberg = rests && quantity > 1 && draw.perMille(ICEBERGS[setting.theme] ?? 150);
  const trails = isAlgo(type) && draw.perMille(400);
  return {
    orderId,
    clientOrderId: newName(draw, orderId),
    side,
    type,
    timeInForce,
    selfTradePrevention: draw.perMille(350) ? "NONE" : draw.pick(SELF_TRADE_PREVENTIONS),
    price: isMarketType(type) ? 0 : priceOf(draw, setting, type, side),
    quantity: isByQuote ? 0 : quantity,
    quoteQuantity: isByQuote ? draw.between(90, 3000) : 0,
    stopPrice: isAlgo(type) && !(trails && draw.perMille(500)) ? stopOf(draw, setting.spread, type, side) : 0,
    trailingDelta: trails ? draw.pick([1, 100, 100, 150, 200, 200, 300]) : 0,
    icebergQuantity: isIceberg ? draw.between(1, Math.ceil(quantity / 2)) : 0,
    goodTillDate: timeInForce === "GTD" ? now + draw.between(draw.perMille(40) ? -10 : 1, 4000) : 0,
  };
}

function timeInForceOf(draw: Draw, type: OrderType): TimeInForce {
  if (isMarketType(type)) return "IOC";
  if (type === "LIMIT_MAKER") return draw.weighted({ GTC: 4, GTD: 1 });
  return draw.weighted({ GTC: 10, IOC: 2, FOK: 2, GTD: 3 });
}

function someQuantity(draw: Draw, theme: Theme): number {
  if (theme === "triggers") return draw.between(1, 4);
  return draw.perMille(700) ? draw.between(1, 6) : draw.between(1, 25);
}

/** About half of the orders rest on their side of 100, the others cross. */
function priceOf(draw: Draw, { spread, theme }: Setting, type: OrderType, side: Side): number {
  const away = draw.between(0, spread);
  const passive = theme === "triggers" ? 750 : 550;
  const isPassive = draw.perMille(type === "LIMIT_MAKER" ? 900 : passive);
  return 100 + (isPassive === (side === "SELL") ? away : -away);
}

/** Mostly where the last price has not been: beyond 100 in the direction of the trigger. */
function stopOf(draw: Draw, spread: number, type: OrderType, side: Side): number {
  const away = draw.between(0, spread);
  return 100 + (triggersUpward(type, side) === draw.perMille(850) ? away : -away);
}

/** Ids count up; now and then one is used again. */
function newId(draw: Draw, story: Story): number {
  if (draw.perMille(15) && story.placed.length > 0) return draw.pick(story.placed).orderId;
  story.nextId++;
  return story.nextId;
}

function newName(draw: Draw, id: number): string {
  return draw.perMille(20) ? `c${draw.between(1, id)}` : `c${id}`;
}

/** One in forty or so gets a value somewhere that does not belong there. */
function spoiled(draw: Draw, order: OrderTerms, perMille = 25): OrderTerms {
  if (!draw.perMille(perMille)) return order;
  const numbers = [
    "price",
    "quantity",
    "quoteQuantity",
    "stopPrice",
    "trailingDelta",
    "icebergQuantity",
  ] as const;
  const values = [
    0,
    1,
    3,
    100,
    5000,
    10_000,
    100_000,
    100_001,
    1_000_000,
    1_000_001,
    Number.MAX_SAFE_INTEGER,
  ];
  return draw.pick<() => OrderTerms>([
    () => ({ ...order, [draw.pick(numbers)]: draw.pick(values) }),
    () => ({ ...order, [draw.pick(numbers)]: draw.pick(values) }),
    () => ({ ...order, timeInForce: draw.pick(["GTC", "IOC", "FOK", "GTD"] as const) }),
    () => ({ ...order, type: draw.pick(ORDER_TYPES) }),
    () => ({ ...order, goodTillDate: draw.pick([0, START, START + 1000]) }),
    () => ({ ...order, clientOrderId: draw.pick(["", "with blank", "x".repeat(37), "x".repeat(36)]) }),
    () => ({ ...order, orderId: draw.pick([0, Number.MAX_SAFE_INTEGER]) as OrderId }),
  ])();
}
