import {
  assetStatesCodec,
  branchStateCodec,
  STATE_VERSION,
  stateHeadCodec,
} from "#shared/domain/encoding/state-encoding.ts";
import type { Seq } from "#shared/domain/ids.ts";
import { RULES_VERSION } from "#shared/domain/rules.ts";
import { branchStateOf } from "./branch-state.ts";
import type { Shard } from "./shard.ts";
import { writeMarket } from "./snapshot-market.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";

/** About what the things of a snapshot take, rather more: a first guess of its size. */
const ORDER_BYTES = 112;
const COMMAND_BYTES = 32;
const CLIENT_ORDER_ID_BYTES = 48;
const BALANCE_BYTES = 32;

/** Writes the state as `encodeState` would (shared/domain/encoding/state-encoding.ts), but straight from the engine's memory. */
export function writeSnapshot(shard: Shard): Uint8Array {
  const { book, balances, commands, deposits, clientOrderIds } = shard;
  const writer = new SnapshotWriter(
    4096 +
      ORDER_BYTES * book.orders.count +
      COMMAND_BYTES * (commands.count + deposits.count) +
      CLIENT_ORDER_ID_BYTES * clientOrderIds.remembered +
      BALANCE_BYTES * balances.count,
  );
  writer.byte(STATE_VERSION);
  writer.encoded(stateHeadCodec, {
    rulesVersion: RULES_VERSION,
    shard: shard.shard,
    branch: shard.branch,
    seq: shard.seq as Seq,
    time: shard.time,
    lastPriority: shard.lastPriority,
  });
  writer.encoded(assetStatesCodec, shard.assets.states());
  writer.count(shard.marketsById.length);
  for (const market of shard.marketsById) writeMarket(writer, shard, market);
  balances.writeTo(writer);
  commands.writeTo(writer);
  deposits.writeTo(writer);
  clientOrderIds.writeTo(writer);
  writer.encoded(branchStateCodec, branchStateOf(shard));
  return writer.finish();
}
