import type { Experiment, Stage } from "./experiment.ts";

/** An experiment that can be ended where it stands, whoever runs it. */
export class Breakable {
  /** The same, to be run. */
  readonly experiment: Experiment;
  readonly #inner: Experiment;
  #isHurt = false;
  #isOver = false;
  /** What is being hurt just now. */
  #hurting: Promise<void> = Promise.resolve();

  constructor(inner: Experiment) {
    this.#inner = inner;
    this.experiment = {
      ...inner,
      hurt: (stage) => {
        if (this.#isOver) return Promise.reject(new Error("it was broken off"));
        this.#isHurt = true;
        this.#hurting = inner.hurt(stage);
        return this.#hurting;
      },
      heal: async (stage) => {
        await inner.heal(stage);
        this.#isHurt = false;
      },
    };
  }

  /** What is hurt is healed, as far as that can still be done; why it could not be, if so. What runs on of it hurts nothing any more. */
  async breakOff(stage: Stage): Promise<string | undefined> {
    this.#isOver = true;
    // What it is hurting is healed behind it.
    await this.#hurting.catch(() => {});
    const why = this.#isHurt ? await this.#inner.heal(stage).then(() => undefined, String) : undefined;
    await stage.control.endExperiment(this.#inner.name).catch(() => {});
    return why;
  }
}
