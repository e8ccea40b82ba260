import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Ballot } from "#shared/ports/acceptor.ts";
import { compareBallots } from "#shared/ports/acceptor-memory.ts";
import { holds, INVARIANTS } from "./finding.ts";

interface Vote {
  readonly ballot: Ballot;
  readonly value: OwnershipRecord;
  readonly regions: Set<RegionId>;
}

/**
 * Stands beside the acceptors of the ownership register and sees what becomes durable there: what a majority has accepted under one ballot is the record, and every later
 * one is made from it. A change that is lost shows by its number, which counts the changes.
 */
export class RegisterWatch {
  readonly #majority: number;
  readonly #votes = new Map<string, Vote>();
  /** By shard, those of a majority, by ballot. */
  readonly #chosen = new Map<ShardId, Vote[]>();

  constructor(regions: number) {
    this.#majority = Math.floor(regions / 2) + 1;
  }

  /** An acceptor holds a value durably. */
  accepted(region: RegionId, shard: ShardId, ballot: Ballot, value: OwnershipRecord): void {
    const key = `${shard} ${ballot.counter} ${ballot.region}`;
    const vote = this.#votes.get(key) ?? { ballot, value, regions: new Set<RegionId>() };
    this.#votes.set(key, vote);
    const before = vote.regions.size;
    vote.regions.add(region);
    if (vote.regions.size === before || vote.regions.size !== this.#majority) return;
    const chosen = this.#chosen.get(shard) ?? [];
    this.#chosen.set(shard, chosen);
    let at = chosen.length;
    while (at > 0 && compareBallots((chosen[at - 1] as Vote).ballot, ballot) > 0) at--;
    chosen.splice(at, 0, vote);
    expectBuilt(shard, chosen[at - 1], vote);
    expectBuilt(shard, vote, chosen[at + 1]);
  }
}

function expectBuilt(shard: ShardId, earlier: Vote | undefined, later: Vote | undefined): void {
  if (earlier === undefined || later === undefined) return;
  const isSame = () => JSON.stringify(earlier.value) === JSON.stringify(later.value);
  holds(
    later.value.renewal > earlier.value.renewal || isSame(),
    INVARIANTS.register,
    () => `${shard}: ${JSON.stringify(later)} is not made from ${JSON.stringify(earlier)}`,
  );
}
