import type { Subscription } from "#shared/ports/command-log.ts";
import { eventually } from "#test/support/eventually.ts";

/** A subscriber that writes down all that it hears. */
export interface Collector<T> {
  readonly heard: T[];
  cancel(): void;
  /** Waits until it has heard so many. */
  until(count: number): Promise<void>;
}

export function collect<T>(
  subscribe: (take: (batch: readonly T[]) => void | Promise<void>) => Subscription,
): Collector<T> {
  const heard: T[] = [];
  const subscription = subscribe((batch) => {
    heard.push(...batch);
  });
  return {
    heard,
    cancel: () => subscription.cancel(),
    until: (count) => eventually(() => heard.length >= count),
  };
}
