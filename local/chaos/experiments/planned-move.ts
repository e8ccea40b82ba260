import type { Experiment, Stage } from "../experiment.ts";
import { needsThree } from "./parts.ts";

/** Nothing breaks: every shard's owner hands it to the next Region, and gets it back. */
export const plannedMove: Experiment = {
  name: "planned-move",
  what: "every shard is moved to the next Region, and back at the end",
  notHere: needsThree,
  hurt: (stage) => moveAll(stage, 1),
  heal: (stage) => moveAll(stage, -1),
};

/** One shard after the other. */
async function moveAll({ control, regions, clock, noteTook }: Stage, by: number): Promise<void> {
  const { regions: told } = await control.status();
  const shards = told.find(({ observation }) => observation !== null)?.observation?.shards ?? [];
  for (const { shard, owner } of shards) {
    const to = regions[(regions.indexOf(owner) + by + regions.length) % regions.length] ?? owner;
    const begin = clock.monotonic();
    await control.promote(shard, to);
    noteTook(`${shard} from ${owner} to ${to}`, Math.round(clock.monotonic() - begin));
  }
}
