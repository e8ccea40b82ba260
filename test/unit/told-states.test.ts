import { expect } from "chai";
import { beforeEach, describe, it } from "mocha";
import { STALE_MS, ToldStates } from "#services/gateway/regions/told-states.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { RegionState, ShardState } from "#shared/protocol/region-state.ts";
import { type ManualClock, manualClock } from "#test/support/manual-clock.ts";

const SHARD = "crypto-1" as ShardId;
const [HERE, THERE] = ["us-east-1", "eu-west-1"] as RegionId[] as [RegionId, RegionId];
const BRANCH = "us-east-1.1" as BranchId;

function stateOf(change: Partial<ShardState> = {}): ShardState {
  return {
    shard: SHARD,
    route: { kind: "own", branch: BRANCH },
    isProvisional: false,
    unsureAfter: null,
    finalSeq: 5 as Seq,
    watermark: null,
    unjournaledMs: 0,
    unjournaledAtOwnerMs: 0,
    lineage: [{ epoch: 1, branch: BRANCH, owner: HERE, parentSeq: 0 as Seq, start: 0, cutDigest: "" }],
    lagMs: 0,
    isReconciling: false,
    ...change,
  };
}

describe("what a task knows of its Region's shards by what the publishing task tells", () => {
  let clock: ManualClock;
  let tell: (state: RegionState) => void;
  let states: ToldStates;
  const say = (publisher: string, beat: number, change: Partial<ShardState> = {}) =>
    tell({
      ...{ publisher, beat, shards: [stateOf(change)] },
      regions: [
        { region: HERE, isUp: true, roundTripMs: 0 },
        { region: THERE, isUp: beat > 1, roundTripMs: null },
      ],
    });
  const source = () => states.source(async () => "refused");

  beforeEach(() => {
    clock = manualClock();
    states = new ToldStates({
      self: HERE,
      regions: [HERE, THERE],
      shards: [SHARD],
      board: {
        listen: (onState) => {
          tell = onState;
          return { cancel: () => {} };
        },
      },
      clock,
    });
  });

  it("is nothing before anything was told: commands go nowhere", () => {
    expect(states.route(SHARD).state()).to.deep.equal({ kind: "unreachable" });
    expect(states.of(SHARD)).to.equal(undefined);
  });

  it("is what was said last, and what is said again or late changes nothing", () => {
    say("a", 2, { finalSeq: 7 as Seq });
    say("a", 1, { finalSeq: 5 as Seq });
    expect(states.finality(SHARD).finalSeq).to.equal(7);
    expect(source().ownershipOf(SHARD)).to.include({ owner: HERE, epoch: 1 });
    expect(
      source()
        .regions()
        .map(({ isUp }) => isUp),
    ).to.deep.equal([true, true]);
  });

  it("goes on for a while after nothing more is said, and then counts as unreachable", () => {
    const changes: string[] = [];
    say("a", 1);
    states.route(SHARD).onChange(() => changes.push(states.route(SHARD).state().kind));
    clock.advance(STALE_MS - 1000);
    expect(states.route(SHARD).state().kind).to.equal("own");
    // The same again is no sign of life.
    say("a", 1);
    clock.advance(2000);
    expect(states.route(SHARD).state().kind).to.equal("unreachable");
    expect(changes).to.deep.equal(["unreachable"]);
    say("b", 1);
    expect(changes).to.deep.equal(["unreachable", "own"]);
  });

  it("does not follow a publisher that does not know of the reign of today", () => {
    const branch = "eu-west-1.1" as BranchId;
    const [first] = stateOf().lineage;
    const lineage = [
      ...(first === undefined ? [] : [first]),
      { ...stateOf().lineage[0], epoch: 2, branch, owner: THERE },
    ];
    say("b", 1, {
      lineage: lineage as ShardState["lineage"],
      route: { kind: "remote", owner: THERE, branch },
    });
    say("a", 9);
    expect(states.route(SHARD).state()).to.deep.equal({ kind: "remote", owner: THERE, branch });
    expect(states.owner(SHARD)).to.equal(THERE);
  });

  it("tells who wants to know when more is final", () => {
    let advances = 0;
    states.finality(SHARD).onAdvance(() => advances++);
    say("a", 1);
    say("a", 2);
    say("a", 3, { finalSeq: 6 as Seq });
    expect(advances).to.equal(2);
  });
});
