import type { RegionId } from "#shared/domain/ids.ts";
import { cutOff } from "./cut-off.ts";
import type { Fault, FaultSurroundings } from "./fault.ts";

/** Two Regions, in the order in which they are drawn. */
function somePair({ cluster, random }: FaultSurroundings): readonly [RegionId, RegionId] {
  const from = random.pick(cluster.regions);
  return [from, random.pick(cluster.regions.filter((region) => region !== from))];
}

export const NETWORK_FAULTS: readonly Fault[] = [
  {
    name: "a link is cut",
    weight: 4,
    leastRegions: 2,
    begin: (around) => {
      const [from, to] = somePair(around);
      const { network } = around.cluster;
      network.cut(from, to);
      network.cut(to, from);
      return {
        where: `${from} ${to}`,
        end: () => {
          network.mend(from, to);
          network.mend(to, from);
        },
      };
    },
  },
  {
    name: "a link is cut in one direction",
    weight: 4,
    leastRegions: 2,
    begin: (around) => {
      const [from, to] = somePair(around);
      around.cluster.network.cut(from, to);
      return { where: `${from} to ${to}`, end: () => around.cluster.network.mend(from, to) };
    },
  },
  {
    name: "a Region is cut off",
    weight: 8,
    leastRegions: 2,
    begin: ({ cluster, random }) => {
      const alone = random.pick(cluster.regions);
      return { where: alone, end: cutOff(cluster, alone) };
    },
  },
  {
    name: "a link flaps",
    weight: 3,
    leastRegions: 2,
    begin: (around) => {
      const [from, to] = somePair(around);
      const { cluster, random, time } = around;
      let isOver = false;
      let isCut = false;
      const flip = () => {
        if (isOver) return;
        isCut = !isCut;
        if (isCut) cluster.network.cut(from, to);
        else cluster.network.mend(from, to);
        time.schedule(random.exponential(isCut ? 400 : 700), flip);
      };
      flip();
      return {
        where: `${from} to ${to}`,
        end: () => {
          isOver = true;
          if (isCut) cluster.network.mend(from, to);
        },
      };
    },
  },
  {
    name: "messages are lost, doubled and overtaken",
    weight: 6,
    leastRegions: 2,
    begin: (around) => {
      const [from, to] = somePair(around);
      const weather = around.cluster.network.weather(from, to);
      const { random } = around;
      const change = {
        lostPerMille: random.pick([0, 50, 200, 400]),
        doubledPerMille: random.pick([0, 50, 300]),
        heldUpPerMille: random.pick([0, 50, 200]),
        heldUpMs: random.pick([100, 1000, 5000]),
      };
      Object.assign(weather, change);
      return {
        where: `${from} to ${to} ${Object.values(change).join(" ")}`,
        end: () => {
          weather.lostPerMille = 0;
          weather.doubledPerMille = 0;
          weather.heldUpPerMille = 0;
          weather.heldUpMs = 0;
        },
      };
    },
  },
  {
    name: "old messages come once more",
    weight: 4,
    leastRegions: 2,
    begin: (around) => {
      const [from, to] = somePair(around);
      const weather = around.cluster.network.weather(from, to);
      weather.repeatedPerMille = around.random.pick([20, 100, 300]);
      weather.repeatedAfterMs = around.random.pick([1000, 5000, 20_000]);
      return {
        where: `${from} to ${to} ${weather.repeatedPerMille} after ${weather.repeatedAfterMs} ms`,
        end: () => {
          weather.repeatedPerMille = 0;
        },
      };
    },
  },
  {
    name: "a link is slow",
    weight: 3,
    leastRegions: 2,
    begin: (around) => {
      const [from, to] = somePair(around);
      const weather = around.cluster.network.weather(from, to);
      const more = around.random.pick([200, 800, 3000]);
      weather.delayMs += more;
      return {
        where: `${from} to ${to} by ${more} ms`,
        end: () => {
          weather.delayMs -= more;
        },
      };
    },
  },
];
