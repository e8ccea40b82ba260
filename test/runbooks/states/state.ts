import type { Experiment } from "#local/chaos/experiment.ts";
import type { Stage } from "../stage.ts";

/** A way to bring the platform into the state that an alert describes. */
export interface State {
  make(stage: Stage): Promise<void>;
  /** Ends its cause. What the platform mends by itself, and what a runbook's commands mend, is left to them. */
  end(stage: Stage): Promise<void>;
  /** Takes away what was there for its sake alone, when all is over. */
  leave?(): Promise<void>;
}

/** An experiment of `npm run chaos`, and what clients do meanwhile. */
export function duringExperiment(
  { hurt, heal }: Pick<Experiment, "hurt" | "heal">,
  meanwhile: (stage: Stage) => Promise<void> = async () => {},
): State {
  return {
    make: async (stage) => {
      await hurt(stage.experiment);
      await meanwhile(stage);
    },
    end: (stage) => heal(stage.experiment),
  };
}
