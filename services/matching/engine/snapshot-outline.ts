import { ByteReader } from "#shared/domain/encoding/byte-reader.ts";
import type { Codec } from "#shared/domain/encoding/codec.ts";
import {
  assetStatesCodec,
  type MarketHead,
  openOrderListsCodec,
  stateHeadCodec,
} from "#shared/domain/encoding/state-encoding.ts";
import { ORDER_NUMBERS } from "./snapshot-order.ts";

/** How many things of each kind a snapshot holds. */
export interface SnapshotOutline {
  readonly openOrders: number;
  readonly balances: number;
  readonly clientOrderIds: number;
}

/**
 * Walks through a snapshot without taking anything over, so that the tables can be made at their size and need not be copied while they fill. Throws
 * `DecodingError` where the bytes end too early; whatever else is wrong with them is found by whoever reads them. `marketHead` is
 * that of the snapshot's version.
 */
export function outlineOf(bytes: Uint8Array, marketHead: Codec<MarketHead>): SnapshotOutline {
  const reader = new ByteReader(bytes);
  reader.skip(1);
  stateHeadCodec.read(reader);
  assetStatesCodec.read(reader);
  let openOrders = 0;
  for (let markets = reader.count(); markets > 0; markets--) {
    marketHead.read(reader);
    for (let places = 4; places > 0; places--) {
      const count = reader.count();
      openOrders += count;
      for (let left = count; left > 0; left--) skipOrder(reader);
    }
    openOrderListsCodec.read(reader);
  }
  const balances = reader.count();
  for (let left = balances; left > 0; left--) {
    reader.skipUints(1);
    reader.skipText();
    reader.skipUints(2);
  }
  for (let memories = 2; memories > 0; memories--) {
    for (let left = reader.count(); left > 0; left--) {
      reader.skip(16);
      reader.skipUints(2);
    }
  }
  return { openOrders, balances, clientOrderIds: reader.count() };
}

function skipOrder(reader: ByteReader): void {
  reader.skipUints(1);
  reader.skipText();
  reader.skipUints(1);
  reader.skipText();
  // Each of the four words is one byte below 128, as an integer would be.
  reader.skipUints(4 + ORDER_NUMBERS);
}
