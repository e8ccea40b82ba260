import type { Command } from "#shared/domain/command.ts";
import type { AccountId, AssetId, MarketId, OrderId, OrderListId, ShardId } from "#shared/domain/ids.ts";
import type { OrderTerms } from "#shared/domain/order.ts";
import { type OrderStory, someList, someOrder } from "#test/property/stream-orders.ts";
import type { SimulatedRandom } from "#test/simulation/chance/simulated-random.ts";

/** What a client wants, made into a command anew at each attempt: the gateway that takes it gives the order ids. */
export type Intent = (mint: () => OrderId) => Command;

/** What a client has placed, by the name that it gave: order ids are the gateway's. */
interface Named {
  readonly market: MarketId;
  readonly clientOrderId: string;
  readonly isList: boolean;
}

/** What one trader knows when it decides what to do next. */
export interface TraderMemory {
  readonly account: AccountId;
  readonly story: OrderStory;
  readonly placed: Named[];
  /** How many orders it has thought of, each leg of a list for one, however often they were sent. */
  orders: number;
}

const KINDS = {
  place: 560,
  list: 90,
  cancel: 120,
  cancelList: 15,
  cancelAll: 8,
  replace: 70,
  amend: 60,
  deposit: 15,
  withdraw: 25,
  transfer: 25,
};

const RECENT = 10;

/** What a trader does next in one of these markets. */
export function someIntent(
  random: SimulatedRandom,
  memory: TraderMemory,
  market: MarketId,
  assets: readonly AssetId[],
  otherShards: readonly ShardId[],
): Intent {
  const { account, story, placed } = memory;
  const kind = random.weighted(KINDS);
  switch (kind) {
    case "place": {
      const order = someOrder(random, story);
      memory.orders++;
      remember(memory, market, order.clientOrderId, false);
      return (mint) => ({ kind: "PlaceOrder", account, market, ...withId(order, mint) });
    }
    case "list": {
      const list = someList(random, story, account, market);
      memory.orders += list.orders.length;
      remember(memory, market, list.listClientOrderId, true);
      for (const order of list.orders) remember(memory, market, order.clientOrderId, false);
      return (mint) => ({
        kind: "PlaceOrderList",
        ...list,
        listId: Number(mint()) as OrderListId,
        orders: list.orders.map((order) => withId(order, mint)),
      });
    }
    case "cancel": {
      const { market: its, clientOrderId } = someNamed(random, placed, market, false);
      return () => ({
        kind: "CancelOrder",
        account,
        market: its,
        orderId: 0,
        origClientOrderId: clientOrderId,
        restriction: "NONE",
      });
    }
    case "cancelList": {
      const { market: its, clientOrderId } = someNamed(random, placed, market, true);
      return () => ({
        kind: "CancelOrderList",
        account,
        market: its,
        listId: 0,
        listClientOrderId: clientOrderId,
      });
    }
    case "cancelAll":
      return () => ({ kind: "CancelAllOrders", account, market });
    case "replace": {
      const { market: its, clientOrderId } = someNamed(random, placed, market, false);
      const order = someOrder(random, story);
      memory.orders++;
      remember(memory, its, order.clientOrderId, false);
      const mode = random.pick(["STOP_ON_FAILURE", "ALLOW_FAILURE"] as const);
      return (mint) => ({
        kind: "ReplaceOrder",
        account,
        market: its,
        mode,
        cancelOrderId: 0,
        cancelOrigClientOrderId: clientOrderId,
        restriction: "NONE",
        order: withId(order, mint),
      });
    }
    case "amend": {
      const { market: its, clientOrderId } = someNamed(random, placed, market, false);
      const quantity = random.between(1, 6);
      return () => ({
        kind: "AmendOrder",
        account,
        market: its,
        orderId: 0,
        origClientOrderId: clientOrderId,
        quantity,
      });
    }
    case "deposit": {
      const [asset, amount] = [random.pick(assets), random.between(1, 3000)];
      return () => ({ kind: "Deposit", account, asset, amount });
    }
    case "transfer": {
      const [asset, amount] = [random.pick(assets), random.between(1, 300)];
      // Where there is no other shard it asks for what cannot be.
      const toShard = otherShards.length === 0 ? ("nowhere" as ShardId) : random.pick(otherShards);
      return () => ({ kind: "TransferOut", account, asset, amount, toShard });
    }
    case "withdraw": {
      const [asset, amount] = [random.pick(assets), random.between(1, 3000)];
      return () => ({ kind: "Withdraw", account, asset, amount });
    }
  }
}

function withId(order: OrderTerms, mint: () => OrderId): OrderTerms {
  return { ...order, orderId: mint() };
}

function remember(memory: TraderMemory, market: MarketId, clientOrderId: string, isList: boolean): void {
  memory.placed.push({ market, clientOrderId, isList });
  if (memory.placed.length > 4 * RECENT) memory.placed.splice(0, 2 * RECENT);
}

function someNamed(
  random: SimulatedRandom,
  placed: readonly Named[],
  market: MarketId,
  isList: boolean,
): Named {
  const own = placed.filter((each) => each.isList === isList).slice(-RECENT);
  return own.length === 0 ? { market, clientOrderId: "never", isList } : random.pick(own);
}
