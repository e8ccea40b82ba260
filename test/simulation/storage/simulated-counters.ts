import { assert } from "#shared/domain/invariant.ts";
import type { Counters } from "#shared/ports/counters.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

const BLOCK = 100;

/** Durable counters on a simulated disk: reserved in blocks, and what a crash leaves of a block is lost. */
export function openSimulatedCounters(disk: SimulatedDisk, name: string): Counters & { close(): void } {
  const reserved = disk.file(`counters ${name}`, () => new Map<string, number>());
  const blocks = new Map<string, { next: number; end: number }>();
  return {
    take: (counter, count) => {
      assert(count > 0 && count <= BLOCK, `one call takes 1 to ${BLOCK} numbers`);
      let block = blocks.get(counter);
      if (block === undefined || block.end - block.next < count) {
        const before = reserved.get(counter) ?? 0;
        reserved.set(counter, before + BLOCK);
        block = { next: before + 1, end: before + BLOCK + 1 };
        blocks.set(counter, block);
      }
      const first = block.next;
      block.next += count;
      return first;
    },
    close: () => {},
  };
}
