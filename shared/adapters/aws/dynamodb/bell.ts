import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";

/** Rings every so often, and whenever somebody knows of a change: for who follows a table that another task writes. */
export class Bell {
  readonly #rings = new Set<() => void>();
  readonly #clock: Clock;
  readonly #everyMs: number;
  #timer: Timer | undefined;

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  readonly onChange = (ring: () => void): Subscription => {
    this.#rings.add(ring);
    this.#timer ??= this.#later();
    return {
      cancel: () => {
        this.#rings.delete(ring);
        if (this.#rings.size > 0) return;
        this.#timer?.cancel();
        this.#timer = undefined;
      },
    };
  };

  ring(): void {
    for (const ring of [...this.#rings]) ring();
  }

  #later(): Timer {
    return this.#clock.schedule(this.#everyMs, () => {
      this.ring();
      this.#timer = this.#later();
    });
  }
}
