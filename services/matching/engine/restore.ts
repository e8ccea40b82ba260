import { ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import {
  assetStatesCodec,
  branchStateCodec,
  FIRST_BRANCH_STATE,
  firstMarketHeadCodec,
  marketHeadCodec,
  STATE_VERSION,
  stateHeadCodec,
} from "#shared/domain/encoding/state-encoding.ts";
import { assert } from "#shared/domain/invariant.ts";
import { RULES_VERSION } from "#shared/domain/rules.ts";
import { assertWhole } from "./assert-whole.ts";
import { restoreBranchState } from "./branch-state.ts";
import { restoreMarket } from "./restore-market.ts";
import { Shard } from "./shard.ts";
import { outlineOf, type SnapshotOutline } from "./snapshot-outline.ts";

/**
 * Takes a snapshot over, straight into the engine's memory, and asserts in full what must hold between orders, locks, balances and supplies; nothing that stands in the
 * bytes is passed over, so that the engine would write just these bytes again, if they are of today's version. Throws `DecodingError` for other bytes, `InvariantViolation` for a state that cannot be.
 */
export function restoreShard(bytes: Uint8Array): Shard {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== 1 && version !== STATE_VERSION)
    throw new DecodingError(`unknown snapshot version ${version}`);
  const marketHead = version === 1 ? firstMarketHeadCodec : marketHeadCodec;
  const head = stateHeadCodec.read(reader);
  assert(head.rulesVersion === RULES_VERSION, `unknown version of the rules: ${head.rulesVersion}`);
  const shard = new Shard(head.shard, head.branch);
  shard.seq = head.seq;
  shard.time = head.time;
  shard.lastPriority = head.lastPriority;
  reserve(shard, outlineOf(bytes, marketHead));
  restoreAssets(shard, reader);
  for (let left = reader.count(); left > 0; left--) restoreMarket(reader, shard, marketHead);
  restoreBalances(shard, reader);
  shard.commands.restore(reader, reader.count(), shard.seq);
  shard.deposits.restore(reader, reader.count(), shard.seq);
  shard.clientOrderIds.restoreRemembered(reader, reader.count(), shard.time);
  restoreBranchState(shard, version === 1 ? FIRST_BRANCH_STATE : branchStateCodec.read(reader));
  reader.end();
  assertWhole(shard);
  return shard;
}

/** Memory costs most when it is first touched: every large table is made once, at its size. */
function reserve(shard: Shard, { openOrders, balances, clientOrderIds }: SnapshotOutline): void {
  shard.book.orders.reserve(openOrders);
  shard.balances.reserve(balances);
  // Most open orders are younger than a day: their ids are remembered.
  shard.clientOrderIds.reserve(Math.max(openOrders, clientOrderIds), clientOrderIds);
}

function restoreAssets({ assets }: Shard, reader: ByteReader): void {
  let last = "";
  for (const { asset, supply } of assetStatesCodec.read(reader)) {
    assert(assets.find(asset.id) < 0 && asset.id >= last, "assets stand by id");
    last = asset.id;
    assets.define(asset, supply);
  }
}

function restoreBalances({ assets, balances }: Shard, reader: ByteReader): void {
  const amounts = new Float64Array(2);
  let last = -1;
  for (let left = reader.count(); left > 0; left--) {
    const account = reader.uint();
    const asset = assets.findText(reader.bytes, reader.skipText());
    assert(asset >= 0, "a balance is of a known asset");
    reader.uints(amounts, 0, 2);
    const slot = balances.restore(account, asset, amounts[0] as number, amounts[1] as number);
    assert(last < 0 || balances.isBefore(last, slot), "balances stand by account, then asset");
    last = slot;
  }
}
