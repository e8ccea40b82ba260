import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { STATE_VERSION } from "#shared/domain/encoding/state-encoding.ts";
import { assetStatesCodec, branchStateCodec, stateHeadCodec } from "#shared/domain/encoding/state-parts.ts";
import type { Seq } from "#shared/domain/ids.ts";
import { RULES_VERSION } from "#shared/domain/rules.ts";
import { branchStateOf } from "./branch-state.ts";
import { type OrdersInTurn, ordersInTurn } from "./orders-in-turn.ts";
import type { Shard } from "./shard.ts";
import { writeMarket } from "./snapshot-market.ts";

/** About what the things of a snapshot take, rather more: a first guess of its size. */
const ORDER_BYTES = 64;
const COMMAND_BYTES = 32;
const CLIENT_ORDER_ID_BYTES = 48;
const BALANCE_BYTES = 24;

/** Writes the state as `encodeState` would (shared/domain/encoding/state-encoding.ts), but straight from the engine's memory. */
export function writeSnapshot(shard: Shard): Uint8Array {
  const { book, balances, commands, deposits, clientOrderIds, marketsById } = shard;
  const writer = new ByteWriter(
    4096 +
      ORDER_BYTES * book.orders.count +
      COMMAND_BYTES * (commands.count + deposits.count) +
      CLIENT_ORDER_ID_BYTES * clientOrderIds.remembered +
      BALANCE_BYTES * balances.count,
  );
  writer.byte(STATE_VERSION);
  stateHeadCodec.write(writer, {
    rulesVersion: RULES_VERSION,
    shard: shard.shard,
    branch: shard.branch,
    seq: shard.seq as Seq,
    time: shard.time,
    lastPriority: shard.lastPriority,
  });
  assetStatesCodec.write(writer, shard.assets.states());
  balances.writeTo(writer);
  commands.writeTo(writer);
  deposits.writeTo(writer);
  clientOrderIds.writeTo(writer);
  const orders = ordersInTurn(shard);
  const numbers = clientOrderIds.numbers();
  writer.uint(marketsById.length);
  for (const [at, market] of marketsById.entries()) {
    writeMarket(writer, shard, market, orders[at] as OrdersInTurn, numbers);
  }
  branchStateCodec.write(writer, branchStateOf(shard));
  return writer.written();
}
