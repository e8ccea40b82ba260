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
import { LockSums } from "./lock-sums.ts";
import { restoreMarket } from "./restore-market.ts";
import { Shard } from "./shard.ts";

/** No balance takes fewer bytes: account, asset, free, locked. */
const SHORTEST_BALANCE = 4;

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
  restoreAssets(shard, reader);
  const locks = new LockSums(shard.traders);
  for (let left = reader.count(); left > 0; left--) restoreMarket(reader, shard, marketHead, locks);
  restoreBalances(shard, reader);
  shard.commands.restore(reader, shard.seq);
  shard.deposits.restore(reader, shard.seq);
  shard.clientOrderIds.restoreRemembered(reader, shard.time);
  restoreBranchState(shard, version === 1 ? FIRST_BRANCH_STATE : branchStateCodec.read(reader));
  reader.end();
  assertWhole(shard, locks);
  return shard;
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
  const count = reader.count(SHORTEST_BALANCE);
  balances.reserve(count);
  for (let left = count; left > 0; left--) {
    const account = reader.uint();
    const asset = assets.findText(reader.bytes, reader.skipText());
    assert(asset >= 0, "a balance is of a known asset");
    reader.uints(amounts, 0, 2);
    const slot = balances.restore(account, asset, amounts[0] as number, amounts[1] as number);
    assert(last < 0 || balances.isBefore(last, slot), "balances stand by account, then asset");
    last = slot;
  }
}
