import { ControlRefusal } from "../../supervisor/control-client.ts";
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

/** As an operator does, a move that the platform refuses for now is asked for again, for so long. */
const ASK_FOR_MS = 30_000;
const ASK_AGAIN_MS = 500;

/** One shard after the other. */
async function moveAll(stage: Stage, by: number): Promise<void> {
  const { control, regions, clock, noteTook } = stage;
  const { regions: told } = await control.status();
  const shards = told.find(({ observation }) => observation !== null)?.observation?.shards ?? [];
  for (const { shard, owner } of shards) {
    const to = regions[(regions.indexOf(owner) + by + regions.length) % regions.length] ?? owner;
    const begin = clock.monotonic();
    await move(stage, shard, to);
    noteTook(`${shard} from ${owner} to ${to}`, Math.round(clock.monotonic() - begin));
  }
}

async function move({ control, clock }: Stage, shard: string, to: string): Promise<void> {
  const deadline = clock.monotonic() + ASK_FOR_MS;
  for (;;) {
    try {
      return await control.promote(shard, to);
    } catch (error) {
      const isForNow = error instanceof ControlRefusal && error.status === 409;
      if (!isForNow || clock.monotonic() > deadline) throw error;
    }
    await new Promise<void>((resolve) => clock.schedule(ASK_AGAIN_MS, resolve));
  }
}
