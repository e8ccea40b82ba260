import { fairDisk, STORE_KINDS } from "#test/simulation/storage/disk-weather.ts";
import type { Fault } from "./fault.ts";

export const REGION_FAULTS: readonly Fault[] = [
  {
    name: "a Region is lost",
    weight: 8,
    leastRegions: 1,
    begin: ({ cluster, random }) => {
      const region = random.pick(cluster.regions);
      cluster.kill(region);
      return { where: region, end: () => cluster.start(region) };
    },
  },
  {
    name: "a Region's process dies and is started again at once",
    weight: 8,
    leastRegions: 1,
    begin: ({ cluster, random, time }) => {
      const region = random.pick(cluster.regions);
      cluster.kill(region);
      time.schedule(random.exponential(300), () => cluster.start(region));
      return { where: region, end: () => cluster.start(region) };
    },
  },
  {
    name: "a Region's process dies again and again",
    weight: 2,
    leastRegions: 1,
    begin: ({ cluster, random, time }) => {
      const region = random.pick(cluster.regions);
      let isOver = false;
      const die = () => {
        if (isOver) return;
        cluster.kill(region);
        time.schedule(random.exponential(100), () => cluster.start(region));
        time.schedule(100 + random.exponential(800), die);
      };
      die();
      return {
        where: region,
        end: () => {
          isOver = true;
          cluster.start(region);
        },
      };
    },
  },
  {
    name: "all Regions are lost at once",
    weight: 1,
    leastRegions: 1,
    begin: ({ cluster, random, time }) => {
      for (const region of cluster.regions) {
        cluster.kill(region);
        time.schedule(random.exponential(2000), () => cluster.start(region));
      }
      return {
        where: "everywhere",
        end: () => {
          for (const region of cluster.regions) cluster.start(region);
        },
      };
    },
  },
  {
    name: "a disk is slow",
    weight: 4,
    leastRegions: 1,
    begin: ({ cluster, random }) => {
      const region = random.pick(cluster.regions);
      const { weather } = cluster.diskOf(region);
      const change = {
        commitMs: random.pick([1, 10, 60]),
        slowPerMille: random.pick([10, 100, 400]),
        slowMs: random.pick([100, 1000, 4000]),
        lateAnswerPerMille: 300,
        slowReadPerMille: 200,
      };
      Object.assign(weather, change);
      return {
        where: `${region} ${Object.values(change).join(" ")}`,
        end: () => {
          const { failPerMille, slowKind, slowKindMs, lostAnswerPerMille } = weather;
          Object.assign(weather, {
            ...fairDisk(),
            failPerMille,
            slowKind,
            slowKindMs,
            lostAnswerPerMille,
          });
        },
      };
    },
  },
  {
    name: "one kind of store is slow",
    weight: 4,
    leastRegions: 1,
    begin: ({ cluster, random }) => {
      const region = random.pick(cluster.regions);
      const { weather } = cluster.diskOf(region);
      weather.slowKind = random.pick(STORE_KINDS);
      weather.slowKindMs = random.pick([100, 500, 2000]);
      return {
        where: `${region} ${weather.slowKind} ${weather.slowKindMs}`,
        end: () => {
          weather.slowKind = undefined;
        },
      };
    },
  },
  {
    name: "logs take records and do not say so",
    weight: 3,
    leastRegions: 1,
    begin: ({ cluster, random }) => {
      const region = random.pick(cluster.regions);
      const { weather } = cluster.diskOf(region);
      weather.lostAnswerPerMille = random.pick([20, 200, 700]);
      return {
        where: `${region} ${weather.lostAnswerPerMille}`,
        end: () => {
          weather.lostAnswerPerMille = 0;
        },
      };
    },
  },
  {
    name: "a disk fails now and then",
    weight: 3,
    leastRegions: 1,
    begin: ({ cluster, random }) => {
      const region = random.pick(cluster.regions);
      const { weather } = cluster.diskOf(region);
      weather.failPerMille = random.pick([3, 20, 100]);
      return {
        where: region,
        end: () => {
          weather.failPerMille = 0;
        },
      };
    },
  },
  {
    name: "a wall clock jumps",
    weight: 3,
    leastRegions: 1,
    begin: ({ cluster, random }) => {
      const region = random.pick(cluster.regions);
      const by = random.pick([-5000, -500, 500, 5000]);
      const clock = cluster.clockOf(region);
      clock.jump(by);
      return { where: `${region} by ${by} ms`, end: () => clock.jump(-by) };
    },
  },
];
