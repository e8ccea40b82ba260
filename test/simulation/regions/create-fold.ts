import type { Matching } from "#services/matching/matching.ts";
import { type MatchingDependencies, MatchingService } from "#services/matching/matching-service.ts";
import type { Recovered } from "#services/matching/recover.ts";
import type { ZoneHub } from "#services/matching/zones/zone-hub.ts";
import { ZonedMatching } from "#services/matching/zones/zoned-matching.ts";
import { digestOfState } from "#shared/domain/digest/state-digest.ts";
import { InvariantViolation } from "#shared/domain/invariant.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";
import type { ReadState } from "#test/simulation/simulated-region.ts";
import type { FoldTransfers } from "./fold-transfers.ts";
import { TransfersOfFold } from "./transfers-of-fold.ts";
import { TransfersOfJournal } from "./transfers-of-journal.ts";

/** A shard's matching in a Region, and what the harness asks of it. */
export interface RunningFold {
  readonly matching: Matching;
  readonly read: () => Promise<ReadState>;
  /** From where it stands now. */
  readonly followTransfers: () => FoldTransfers;
}

/** Its feed is listened to here, too. */
type HeardMatching = MatchingDependencies & { readonly feed: OutcomeFeed };

/** Production's matching of a shard: in this process, or in zones if there is a hub of them. */
export function createFold(
  recovered: Recovered,
  dependencies: HeardMatching,
  hub: ZoneHub | undefined,
): RunningFold {
  return hub === undefined ? foldHere(recovered, dependencies) : foldInZones(recovered, dependencies, hub);
}

function foldHere(recovered: Recovered, dependencies: HeardMatching): RunningFold {
  const matching = new MatchingService(recovered, dependencies);
  return {
    matching,
    read: async () => ({ state: matching.state(), digest: matching.digest() }),
    followTransfers: () =>
      new TransfersOfFold(
        dependencies.feed,
        () => matching.state(),
        () => matching.transfers().length === 0,
      ),
  };
}

function foldInZones(recovered: Recovered, dependencies: HeardMatching, hub: ZoneHub): RunningFold {
  const { feed, onFailure } = dependencies;
  const matching = new ZonedMatching(recovered, {
    ...dependencies,
    hub,
    onDivergence: (divergence) =>
      onFailure(new InvariantViolation(`tape divergence between zones: ${JSON.stringify(divergence)}`)),
  });
  return {
    matching,
    read: async () => {
      const state = await matching.state();
      return { state, digest: digestOfState(state) };
    },
    followTransfers: () => new TransfersOfJournal(feed, dependencies, matching.seq, onFailure),
  };
}
