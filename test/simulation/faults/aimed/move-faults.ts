import { regionOfBranch } from "#shared/domain/branch-name.ts";
import { cutOff } from "#test/simulation/faults/cut-off.ts";
import type { Fault } from "#test/simulation/faults/fault.ts";
import { Course } from "./course.ts";
import { move, ownerOf } from "./moving.ts";

/** Aimed at planned moves, and what is done to a Region in order. */
export const MOVE_FAULTS: readonly Fault[] = [
  {
    name: "a Region is told to stop, and is started again",
    weight: 1,
    leastRegions: 1,
    begin: ({ cluster, random }) => {
      const region = random.pick(cluster.regions);
      cluster.restart(region);
      return { where: region, end: () => {} };
    },
  },
  {
    // Until the next one has begun others go on to send commands that mean the old reign; and all that a Region knows of its end is what it finds when it starts.
    name: "all Regions start again when a reign has ended, the successor last",
    weight: 2,
    leastRegions: 3,
    begin: ({ cluster, random, time, moments, shards }) => {
      const shard = random.pick(shards);
      const owner = ownerOf(cluster, shard);
      const successor = random.pick(cluster.regions.filter((region) => region !== owner));
      const course = new Course(time);
      let comesBack: (() => void) | undefined;
      const lying = moments.onOutcome((region, { shard: its, branch, events: [first] }) => {
        if (its !== shard || region !== owner || regionOfBranch(branch) !== region) return;
        if (first?.kind === "BranchEnded")
          course.later(0, () => {
            cluster.kill(successor);
            comesBack = course.undoAfter(12_000, () => cluster.start(successor));
          });
        // Something that meant the old reign stands behind its end.
        if (comesBack === undefined || first?.kind !== "Misdirected") return;
        lying.cancel();
        for (const other of cluster.regions)
          if (other !== successor) course.later(random.between(0, 500), () => cluster.restart(other));
        course.later(random.between(2000, 4000), comesBack);
      });
      course.hold(lying);
      move(cluster, shard, successor);
      return { where: `${shard} ${owner} to ${successor}`, end: () => course.end() };
    },
  },
  {
    name: "a Region is away while a shard is moved to and fro",
    weight: 2,
    leastRegions: 3,
    begin: ({ cluster, random, time, shards }) => {
      const shard = random.pick(shards);
      const away = random.pick(cluster.regions);
      const others = cluster.regions.filter((region) => region !== away);
      const course = new Course(time);
      const comesBack = cutOff(cluster, away);
      course.undoAfter(random.between(15_000, 25_000), comesBack);
      course.every(
        () => random.between(500, 1500),
        () => {
          const to = others.find((region) => region !== ownerOf(cluster, shard));
          if (to !== undefined) move(cluster, shard, to);
        },
      );
      return { where: `${away} ${shard}`, end: () => course.end() };
    },
  },
];
