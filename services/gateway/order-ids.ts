import type { OrderId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Counters } from "#shared/ports/counters.ts";

/** 4 bits of Region, 8 of node, 41 of counter: below 2^53, and rising for each node. */
const NODE_BITS = 8;
const COUNTER_BITS = 41;

/** Mints order ids from a durable counter: never the same twice, also after a crash (architecture, section 4). */
export function createOrderIds(counters: Counters, regionIndex: number, nodeIndex: number): () => OrderId {
  assert(regionIndex >= 0 && regionIndex < 16 && nodeIndex >= 0 && nodeIndex < 256, "a node has its place");
  const prefix = (regionIndex * 2 ** NODE_BITS + nodeIndex) * 2 ** COUNTER_BITS;
  return () => {
    const counter = counters.take("order", 1);
    assert(counter < 2 ** COUNTER_BITS, "the order counter is exhausted");
    return (prefix + counter) as OrderId;
  };
}
