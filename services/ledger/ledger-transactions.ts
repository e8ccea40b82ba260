import type { Trade } from "#shared/domain/event.ts";
import { type AccountId, type AssetId, FEE_ACCOUNT } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import {
  EXTERNAL_ACCOUNT,
  type LedgerEntry,
  type LedgerKind,
  type LedgerTransaction,
  TRANSIT_ACCOUNT,
} from "#shared/ports/ledger.ts";
import type { BusMessage, TradeAmounts } from "#shared/protocol/bus/bus-message.ts";

/** What an event means for the books; `undefined` if nothing. The transaction has the event's name, and is provisional if the event is not final. */
export function ledgerTransaction(message: BusMessage): LedgerTransaction | undefined {
  const { event, amounts } = message;
  switch (event.kind) {
    case "Trade":
      assert(amounts !== undefined, `${message.name} says what changed hands`);
      return transaction(message, "trade", tradeEntries(event, amounts));
    case "Deposited":
      return transaction(message, "deposit", moved(EXTERNAL_ACCOUNT, event.account, event));
    case "Withdrawn":
      return transaction(message, "withdrawal", moved(event.account, EXTERNAL_ACCOUNT, event));
    case "TransferredOut":
      return transaction(message, "transfer-out", moved(event.account, TRANSIT_ACCOUNT, event));
    case "TransferredIn":
      return transaction(message, "transfer-in", moved(TRANSIT_ACCOUNT, event.account, event));
    default:
      return undefined;
  }
}

function transaction(
  { shard, branch, seq, index, time, isFinal, event }: BusMessage,
  kind: LedgerKind,
  entries: readonly LedgerEntry[],
): LedgerTransaction {
  return {
    shard,
    branch,
    seq,
    index,
    kind,
    state: isFinal ? "final" : "provisional",
    time,
    market: event.kind === "Trade" ? event.market : "",
    entries: entries.filter(({ amount }) => amount !== 0n),
  };
}

/**
 * The buyer pays quote and gets base less its fee; the seller gives base and gets quote less its fee; each fee is taken of what its payer received (docs/engine-rules.md, "Trade"). The first two
 * lines, what was paid and what was given, are never zero: volumes are counted by them.
 */
function tradeEntries(trade: Trade, { base, baseAmount, quote, quoteAmount }: TradeAmounts): LedgerEntry[] {
  const { takerAccount, makerAccount, takerFee, makerFee } = trade;
  const takerBuys = trade.takerSide === "BUY";
  const buyer = takerBuys ? takerAccount : makerAccount;
  const seller = takerBuys ? makerAccount : takerAccount;
  const buyerFee = BigInt(takerBuys ? takerFee : makerFee);
  const sellerFee = BigInt(takerBuys ? makerFee : takerFee);
  const bought = BigInt(baseAmount);
  const paid = BigInt(quoteAmount);
  return [
    { account: buyer, asset: quote, amount: -paid },
    { account: seller, asset: base, amount: -bought },
    { account: buyer, asset: base, amount: bought - buyerFee },
    { account: seller, asset: quote, amount: paid - sellerFee },
    { account: FEE_ACCOUNT, asset: base, amount: buyerFee },
    { account: FEE_ACCOUNT, asset: quote, amount: sellerFee },
  ];
}

function moved(
  from: AccountId,
  to: AccountId,
  { asset, amount }: { readonly asset: AssetId; readonly amount: number },
): LedgerEntry[] {
  return [
    { account: from, asset, amount: -BigInt(amount) },
    { account: to, asset, amount: BigInt(amount) },
  ];
}
