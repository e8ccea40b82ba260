import { type ForkBalance, type ForkFill, MAX_FORK_BALANCES, MAX_FORK_FILLS } from "../command.ts";
import type { ReplayedBalance } from "../event.ts";
import { SIDES } from "../order.ts";
import { listUpTo, oneOf, struct, text, uint } from "./codec.ts";

/** What a fork's command provisionally traded. */
export const forkFillsCodec = listUpTo(
  MAX_FORK_FILLS,
  struct<ForkFill>({
    market: text(),
    tradeId: uint(),
    price: uint(),
    quantity: uint(),
    quote: uint(),
    takerSide: oneOf(SIDES),
    makerOrderId: uint(),
    takerOrderId: uint(),
    makerAccount: uint(),
    takerAccount: uint(),
    makerFee: uint(),
    takerFee: uint(),
  }),
);

/** How accounts stood when a fork was sealed. */
export const forkBalancesCodec = listUpTo(
  MAX_FORK_BALANCES,
  struct<ForkBalance>({ account: uint(), asset: text(), free: uint(), locked: uint() }),
);

/** The same beside how they stand now. */
export const replayedBalancesCodec = listUpTo(
  MAX_FORK_BALANCES,
  struct<ReplayedBalance>({
    account: uint(),
    asset: text(),
    free: uint(),
    locked: uint(),
    canonicalFree: uint(),
    canonicalLocked: uint(),
  }),
);
