import { regionOfBranch } from "#shared/domain/branch-name.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";
import { cutOff } from "#test/simulation/faults/cut-off.ts";
import type { Fault } from "#test/simulation/faults/fault.ts";
import type { Message } from "#test/simulation/network/simulated-network.ts";
import { Course } from "./course.ts";
import { move, ownerOf } from "./moving.ts";

/** So many proposals to each Region are remembered, to come once more. */
const REMEMBERED = 4;

/** Aimed at the moments of a takeover. */
export const TAKEOVER_FAULTS: readonly Fault[] = [
  {
    // The table of the register takes no writes, or is out of reach, while the log and its copies are well: the owner goes on and cannot renew. Whoever is asked to follow it no further may hear of it late. Where the owner reads nothing of the register either it forks in the end,
    // and if its log is slow just then, what others hold of its reign goes on to grow while the fork's first record is on its way. Or that record is there, and nobody is told.
    name: "an owner cannot renew, and is followed all the same",
    weight: 2,
    leastRegions: 3,
    begin: ({ cluster, random, time, shards }) => {
      const shard = random.pick(shards);
      const owner = ownerOf(cluster, shard) ?? random.pick(cluster.regions);
      const isReadable = random.perMille(700);
      const lateMs = random.pick([0, 1500]);
      const course = new Course(time);
      const meddling = cluster.network.intercept(({ from, to, kind, isRequest }) => {
        const isOfOwner = from === owner || to === owner;
        if (isOfOwner && kind.startsWith("acceptor.") && !(isReadable && kind === "acceptor.read"))
          return "lost";
        return kind === "replica.fence" && isRequest && !isOfOwner ? lateMs : undefined;
      });
      const { weather } = cluster.diskOf(owner);
      const slowLogMs = isReadable || weather.slowKind !== undefined ? 0 : random.pick([0, 200, 600]);
      if (slowLogMs > 0) Object.assign(weather, { slowKind: "command log", slowKindMs: slowLogMs });
      const lostAnswers = isReadable ? 0 : random.pick([0, 0, 500]);
      weather.lostAnswerPerMille += lostAnswers;
      course.undoAfter(random.between(7000, 15_000), () => {
        meddling.cancel();
        weather.lostAnswerPerMille -= Math.min(lostAnswers, weather.lostAnswerPerMille);
        if (slowLogMs > 0) weather.slowKind = undefined;
      });
      return { where: `${shard} ${owner} ${lateMs} ${slowLogMs} ${lostAnswers}`, end: () => course.end() };
    },
  },
  {
    name: "a Region is cut off when it has just begun a reign",
    weight: 2,
    leastRegions: 3,
    begin: ({ cluster, random, time, moments, shards }) => {
      const shard = random.pick(shards);
      const course = new Course(time);
      const lying = moments.onOutcome((region, { shard: its, branch, events: [first] }) => {
        if (its !== shard || first?.kind !== "BranchBegan" || first.provisional) return;
        if (regionOfBranch(branch) !== region) return;
        lying.cancel();
        course.later(0, () => course.undoAfter(random.between(6000, 12_000), cutOff(cluster, region)));
      });
      course.hold(lying);
      const to = random.pick(cluster.regions);
      move(cluster, shard, to);
      return { where: `${shard} to ${to}`, end: () => course.end() };
    },
  },
  {
    name: "proposals of an earlier reign come once more when the next is accepted",
    weight: 2,
    leastRegions: 3,
    begin: ({ cluster, random, time, moments, shards }) => {
      const shard = random.pick(shards);
      const course = new Course(time);
      const known = new Map<RegionId, Proposal[]>();
      course.hold(
        cluster.network.intercept((message) => {
          const proposal = proposalOf(message);
          if (proposal?.shard !== shard) return undefined;
          const earlier = known.get(message.to) ?? [];
          known.set(message.to, [...earlier, proposal].slice(-REMEMBERED));
          return undefined;
        }),
      );
      let mend = () => {};
      course.hold(
        moments.onAccepted((region, its, _ballot, { lineage }) => {
          if (its !== shard) return;
          const epoch = lineage.at(-1)?.epoch ?? 0;
          const earlier = (known.get(region) ?? []).filter((each) => each.epoch < epoch);
          if (earlier.length === 0) return;
          known.delete(region);
          mend();
          for (const { message } of earlier) message.again(random.between(1, 100));
        }),
      );
      // The old owner comes back just then and has heard nothing of the next reign: what it proposed before would stand again.
      const cutOffOwner = () => {
        const owner = ownerOf(cluster, shard);
        if (owner !== undefined) mend = course.undoAfter(10_000, cutOff(cluster, owner));
      };
      course.later(3500, () => course.every(() => random.between(12_000, 16_000), cutOffOwner));
      return { where: shard, end: () => course.end() };
    },
  },
];

interface Proposal {
  readonly shard: string;
  readonly epoch: number;
  readonly message: Message;
}

function proposalOf(message: Message): Proposal | undefined {
  if (message.kind !== "acceptor.accept" || !message.isRequest) return undefined;
  const { shard, value } = message.body as LinkProtocol["acceptor.accept"]["request"];
  return { shard, epoch: value.lineage.at(-1)?.epoch ?? 0, message };
}
