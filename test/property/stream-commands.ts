import {
  CANCEL_RESTRICTIONS,
  type Command,
  type CommandKind,
  type ReplayableCommand,
} from "#shared/domain/command.ts";
import type { AccountId, AssetId, MarketId, OrderId, OrderListId } from "#shared/domain/ids.ts";
import { TRADING_STATES } from "#shared/domain/market.ts";
import { isAlgo, type OrderTerms } from "#shared/domain/order.ts";
import type { Draw } from "./draw.ts";
import { someBranchStart, someEnd } from "./stream-branches.ts";
import { someAssetDefinition, someMarketDefinition } from "./stream-definitions.ts";
import { someForkCommand, someReplayEnd } from "./stream-forks.ts";
import { type Placed, type Story, someAccount, someList, someOrder } from "./stream-orders.ts";
import { ACCOUNTS, ASSETS, MARKET_IDS, type Theme } from "./stream-setting.ts";
import { someSettlement, someTransferIn, someTransferOut } from "./stream-transfers.ts";

const HOUR_MS = 3_600_000;

const USUAL: Readonly<Record<CommandKind, number>> = {
  PlaceOrder: 500,
  PlaceOrderList: 110,
  CancelOrder: 60,
  CancelOrderList: 20,
  CancelAllOrders: 8,
  ReplaceOrder: 50,
  AmendOrder: 70,
  Deposit: 8,
  Withdraw: 16,
  DefineAsset: 4,
  DefineMarket: 14,
  SetMarketState: 30,
  Tick: 50,
  BranchStarted: 5,
  EpochEnded: 1,
  ForkSealed: 1,
  TransferOut: 8,
  TransferIn: 8,
  TransferSettled: 4,
  ForkCommand: 20,
  ForkReplayEnded: 2,
};

const WEIGHTS: Readonly<Record<Theme, Readonly<Record<CommandKind, number>>>> = {
  everything: USUAL,
  matching: USUAL,
  triggers: { ...USUAL, PlaceOrder: 700, AmendOrder: 30, SetMarketState: 10 },
  lists: { ...USUAL, PlaceOrderList: 330, CancelOrderList: 40 },
  auctions: { ...USUAL, PlaceOrder: 900, PlaceOrderList: 250, SetMarketState: 70, DefineMarket: 4 },
  icebergs: USUAL,
  filters: { ...USUAL, DefineMarket: 80, PlaceOrderList: 200 },
  forks: {
    ...USUAL,
    DefineMarket: 30,
    BranchStarted: 20,
    EpochEnded: 10,
    ForkSealed: 6,
    TransferOut: 30,
    TransferIn: 30,
    TransferSettled: 20,
    ForkCommand: 500,
    ForkReplayEnded: 15,
  },
};

/** What a fork holds that is replayed, in the main. */
const REPLAYED: Readonly<Record<ReplayableCommand["kind"], number>> = {
  PlaceOrder: 600,
  PlaceOrderList: 60,
  CancelOrder: 60,
  CancelOrderList: 10,
  CancelAllOrders: 8,
  ReplaceOrder: 80,
  AmendOrder: 40,
  Deposit: 20,
  Withdraw: 20,
  TransferOut: 20,
  TransferIn: 20,
  TransferSettled: 20,
};

/** What chance brings next. */
export function someCommand(draw: Draw, story: Story): Command {
  const { setting, branches, forks, sent } = story;
  const kind = draw.weighted(WEIGHTS[setting.theme]);
  switch (kind) {
    case "DefineAsset":
      return someAssetDefinition(draw);
    case "DefineMarket":
      return someMarketDefinition(draw, setting);
    case "SetMarketState": {
      const state = draw.pick([...TRADING_STATES, "BREAK", "BREAK", "BREAK"] as const);
      return { kind, market: someMarket(draw), state };
    }
    case "Tick": {
      const step = draw.perMille(100)
        ? draw.pick([23 * HOUR_MS, 24 * HOUR_MS, 25 * HOUR_MS])
        : draw.between(-500, 2500);
      return { kind, time: story.now + step };
    }
    case "BranchStarted":
      return someBranchStart(draw, branches, story.seq);
    case "EpochEnded":
    case "ForkSealed":
      return someEnd(draw, branches, kind);
    case "ForkCommand":
      return someForkCommand(draw, forks, someTraded(draw, story, draw.weighted(REPLAYED)), sent);
    case "ForkReplayEnded":
      return someReplayEnd(draw, forks);
    default:
      return someTraded(draw, story, kind);
  }
}

/** A command of this kind, of those that a fork may hold. */
function someTraded(draw: Draw, story: Story, kind: ReplayableCommand["kind"]): ReplayableCommand {
  const { placed, transfers } = story;
  const market = someMarket(draw);
  switch (kind) {
    case "PlaceOrder": {
      const account = someAccount(draw);
      const order = someOrder(draw, story);
      note(story, account, market, order);
      return { kind, account, market, ...order };
    }
    case "PlaceOrderList": {
      const list = someList(draw, story, draw.pick(ACCOUNTS), market);
      const { account, listId: orderId, listClientOrderId: clientOrderId } = list;
      story.placed.push({ account, market, orderId, clientOrderId, isList: true });
      for (const order of list.orders) note(story, account, market, order);
      return { kind, ...list };
    }
    case "CancelOrder":
      return { kind, ...named(draw, placed, false), restriction: someRestriction(draw) };
    case "CancelOrderList": {
      const { account, market: itsMarket, orderId, origClientOrderId } = named(draw, placed, true);
      const listId = Number(orderId) as OrderListId;
      return { kind, account, market: itsMarket, listId, listClientOrderId: origClientOrderId };
    }
    case "CancelAllOrders":
      return { kind, account: someAccount(draw), market };
    case "ReplaceOrder": {
      const { account, market: itsMarket, orderId, origClientOrderId } = named(draw, placed, false);
      const order = someOrder(draw, story);
      note(story, account, itsMarket, order);
      return {
        kind,
        account,
        market: itsMarket,
        mode: draw.pick(["STOP_ON_FAILURE", "ALLOW_FAILURE"] as const),
        cancelOrderId: orderId,
        cancelOrigClientOrderId: origClientOrderId,
        restriction: someRestriction(draw),
        order,
      };
    }
    case "AmendOrder":
      return { kind, ...named(draw, placed, false), quantity: draw.between(draw.perMille(30) ? 0 : 1, 8) };
    case "Deposit":
    case "Withdraw": {
      const account = draw.perMille(30) ? (0 as AccountId) : draw.pick(ACCOUNTS);
      const asset = draw.perMille(40) ? ("XXX" as AssetId) : draw.pick(ASSETS).id;
      const amount = draw.perMille(60) ? draw.pick([0, Number.MAX_SAFE_INTEGER]) : draw.between(1, 3000);
      return { kind, account, asset, amount };
    }
    case "TransferOut":
      return someTransferOut(draw);
    case "TransferIn":
      return someTransferIn(draw);
    case "TransferSettled":
      return someSettlement(draw, transfers);
  }
}

function someMarket(draw: Draw): MarketId {
  if (draw.perMille(8)) return "NOPE" as MarketId;
  return (draw.perMille(900) ? MARKET_IDS[0] : MARKET_IDS[1]) as MarketId;
}

function someRestriction(draw: Draw) {
  return draw.perMille(700) ? "NONE" : draw.pick(CANCEL_RESTRICTIONS);
}

/** Orders that may stay open are worth naming again. */
function note(story: Story, account: AccountId, market: MarketId, order: OrderTerms): void {
  const { type, timeInForce, orderId, clientOrderId } = order;
  if (isAlgo(type) || timeInForce === "GTC" || timeInForce === "GTD")
    story.placed.push({ account, market, orderId, clientOrderId, isList: false });
}

interface Named {
  readonly account: AccountId;
  readonly market: MarketId;
  readonly orderId: OrderId | 0;
  readonly origClientOrderId: string;
}

/** An order (or list) of not long ago, by its id, its name or both; seldom by what does not fit. */
function named(draw: Draw, placed: readonly Placed[], isList: boolean): Named {
  const own = placed.filter((each) => each.isList === isList);
  const recent = own.slice(-8);
  if (recent.length === 0 || draw.perMille(20)) {
    const [account, market] = [someAccount(draw), someMarket(draw)];
    return {
      account,
      market,
      orderId: draw.pick([0, 1, 500]) as OrderId,
      origClientOrderId: draw.pick(["", "c1"]),
    };
  }
  const { account, market, orderId, clientOrderId } = draw.pick(recent);
  const by = draw.weighted({ id: 12, name: 5, both: 2, wrong: 1, stranger: 1 });
  return {
    account: by === "stranger" ? someAccount(draw) : account,
    market: draw.perMille(10) ? someMarket(draw) : market,
    orderId: (by === "name" ? 0 : orderId) as OrderId,
    origClientOrderId: { id: "", name: clientOrderId, both: clientOrderId, wrong: "c0", stranger: "" }[by],
  };
}
