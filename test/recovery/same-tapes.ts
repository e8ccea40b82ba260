import { join } from "node:path";
import { expect } from "chai";
import { openStores } from "#local/open-stores.ts";
import { regionLayout } from "#local/supervisor/layouts.ts";
import { REGIONS } from "#local/supervisor/supervisor.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import { encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Stores } from "#shared/ports/stores.ts";
import { expectTablesOfJournal } from "./same-tables.ts";

const SHARDS = defaultDefinitions().shards.map(({ id }) => id);
const ALL = 1_000_000;
/** A Region that stopped first may lack what came last. */
const BEHIND_MAX = 500;

/** Of a platform that has stopped: the journals of all Regions hold the same outcomes, byte for byte, as far as the shortest goes, and the tables of each what its journal makes of them. */
export async function expectSameTapes(dataFolder: string): Promise<void> {
  const opened: Stores[] = [];
  try {
    for (const region of REGIONS) {
      const layout = regionLayout(region, REGIONS.length);
      opened.push(
        openStores(join(dataFolder, region), { fresh: false, layout, shards: SHARDS, onFailure: fail }),
      );
    }
    for (const shard of SHARDS) {
      const tapes = await Promise.all(
        opened.map(async (stores) => {
          const outcomes = (await stores.shards.get(shard)?.journal.read(0, ALL)) ?? [];
          return outcomes.map((outcome) => digestOf(encodeOutcome(outcome)));
        }),
      );
      const shortest = Math.min(...tapes.map((tape) => tape.length));
      const longest = Math.max(...tapes.map((tape) => tape.length));
      expect(shortest, `${shard} has a tape`).to.be.greaterThan(0);
      expect(longest - shortest, `${shard} came everywhere`).to.be.below(BEHIND_MAX);
      const [first = [], ...others] = tapes.map((tape) => tape.slice(0, shortest));
      for (const other of others)
        expect(firstDifference(first, other), `${shard} differs at seq`).to.equal(undefined);
      for (const [at, region] of REGIONS.entries()) {
        const stores = opened[at]?.shards.get(shard);
        assert(stores !== undefined, "its stores are open");
        await expectTablesOfJournal(shard, `${region} ${shard}`, stores);
      }
    }
  } finally {
    for (const stores of opened) await stores.close();
  }
}

function firstDifference(a: readonly string[], b: readonly string[]): number | undefined {
  const at = a.findIndex((digest, index) => digest !== b[index]);
  return at === -1 ? undefined : at + 1;
}

function fail(error: unknown): never {
  throw error;
}
