import { assert } from "#shared/domain/invariant.ts";
import { formatAmount } from "#shared/domain/market-units.ts";
import type { WireTransfer } from "#shared/protocol/region-messages.ts";
import type { MarketsView, TransferInFlight } from "../views/region-view.ts";

/** A transfer in flight as clients see it. */
export function transferJson(view: MarketsView, transfer: TransferInFlight): WireTransfer {
  const { transferId, asset: id, amount, fromShard, toShard } = transfer;
  const asset = view.asset(id);
  assert(asset !== undefined, `what is on its way is an asset that is known: ${id}`);
  return { transferId, asset: id, amount: formatAmount(asset, amount), fromShard, toShard };
}
