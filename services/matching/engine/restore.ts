import { ByteReader } from "#shared/domain/encoding/byte-reader.ts";
import { decodeState, encodeState, STATE_VERSION } from "#shared/domain/encoding/state-encoding.ts";
import { assetStatesCodec, branchStateCodec, stateHeadCodec } from "#shared/domain/encoding/state-parts.ts";
import { assert } from "#shared/domain/invariant.ts";
import { RULES_VERSION } from "#shared/domain/rules.ts";
import { assertWhole } from "./assert-whole.ts";
import { restoreBranchState } from "./branch-state.ts";
import { LockSums } from "./lock-sums.ts";
import { restoreMarket } from "./restore-market.ts";
import { Shard } from "./shard.ts";

/**
 * Takes a snapshot over, straight into the engine's memory, and asserts in full what must hold between orders, locks, balances and supplies; nothing that stands in the
 * bytes is passed over, so that the engine would write just these bytes again, if they are of today's version. Throws `DecodingError` for other bytes, `InvariantViolation` for a state that cannot be.
 */
export function restoreShard(bytes: Uint8Array): Shard {
  const reader = new ByteReader(bytes);
  // What an earlier version wrote is first written as today: once after an upgrade, so it may take its time.
  if (reader.byte() !== STATE_VERSION) return restoreShard(encodeState(decodeState(bytes)));
  const head = stateHeadCodec.read(reader);
  assert(head.rulesVersion === RULES_VERSION, `unknown version of the rules: ${head.rulesVersion}`);
  const shard = new Shard(head.shard, head.branch);
  shard.seq = head.seq;
  shard.time = head.time;
  shard.lastPriority = head.lastPriority;
  restoreAssets(shard, reader);
  shard.balances.restore(reader);
  shard.commands.restore(reader, shard.seq);
  shard.deposits.restore(reader, shard.seq);
  shard.clientOrderIds.restore(reader, shard.time);
  const locks = new LockSums(shard.traders);
  for (let left = reader.count(); left > 0; left--) restoreMarket(reader, shard, locks);
  shard.clientOrderIds.endRestore();
  restoreBranchState(shard, branchStateCodec.read(reader));
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
