import type { Experiment, Stage } from "../experiment.ts";
import { needsThree, regionOf } from "./parts.ts";

type Cut = (stage: Stage) => readonly { readonly from: string; readonly to: string }[];

function partition(name: string, what: string, cut: Cut): Experiment {
  return {
    name,
    what,
    notHere: needsThree,
    hurt: async (stage) => {
      for (const path of cut(stage)) await stage.control.changeLink(path, { isCut: true });
    },
    heal: ({ control }) => control.resetLinks(),
  };
}

const between = (a: string, b: string) => [
  { from: a, to: b },
  { from: b, to: a },
];
const others = (stage: Stage) => stage.regions.filter((region) => region !== regionOf(stage));

/** The ways between Regions that are cut. */
export const PARTITIONS: readonly Experiment[] = [
  partition("partition", "all links between all Regions are cut", ({ regions }) =>
    regions.flatMap((from) => regions.filter((to) => to !== from).map((to) => ({ from, to }))),
  ),
  partition("partition-one-way", "the first Region hears the others, and they do not hear it", (stage) =>
    others(stage).map((to) => ({ from: regionOf(stage), to })),
  ),
  partition("isolate-owner", "the first Region is cut off; the two others reach each other", (stage) =>
    others(stage).flatMap((other) => between(regionOf(stage), other)),
  ),
];
