import { regionOfBranch } from "#shared/domain/branch-name.ts";
import { cutOff } from "#test/simulation/faults/cut-off.ts";
import type { Fault } from "#test/simulation/faults/fault.ts";
import { Course } from "./course.ts";
import { move } from "./moving.ts";

/** Aimed at the end of a replay. */
export const REPLAY_FAULTS: readonly Fault[] = [
  {
    // Where the Region that replays its fork owns the shard itself, its fold sees the end of the replay before any other Region holds it.
    name: "a Region comes back from a fork and is given the shard, and dies cut off when its replay ends",
    weight: 2,
    leastRegions: 3,
    begin: ({ cluster, random, time, moments, shards }) => {
      const shard = random.pick(shards);
      const region = random.pick(cluster.regions);
      const course = new Course(time);
      let isStruck = false;
      course.undoAfter(random.between(5000, 9000), cutOff(cluster, region));
      course.every(
        () => 150,
        () => {
          if (!isStruck) move(cluster, shard, region);
        },
      );
      const lying = moments.onOutcome((where, { shard: its, branch, events }) => {
        if (where !== region || its !== shard || regionOfBranch(branch) !== region) return;
        const isEnd = events.some(
          (event) => event.kind === "ForkReplayDone" && event.last && regionOfBranch(event.fork) === region,
        );
        if (!isEnd) return;
        lying.cancel();
        isStruck = true;
        course.later(0, () => {
          course.undoAfter(random.between(7000, 12_000), cutOff(cluster, region));
          course.later(random.between(20, 2500), () => {
            cluster.kill(region);
            course.undoAfter(random.exponential(300), () => cluster.start(region));
          });
        });
      });
      course.hold(lying);
      return { where: `${region} ${shard}`, end: () => course.end() };
    },
  },
];
