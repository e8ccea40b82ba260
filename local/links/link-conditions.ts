/** How one direction between two Regions is. */
export interface LinkCondition {
  /** Nothing passes. */
  readonly isCut: boolean;
  /** On the way at least so long, and up to `jitterMs` longer. */
  readonly delayMs: number;
  readonly jitterMs: number;
  /** Of a million messages, how many are lost. */
  readonly lossPpm: number;
}

export const PERFECT: LinkCondition = { isCut: false, delayMs: 0, jitterMs: 0, lossPpm: 0 };

/** One way from a Region to another. */
export interface LinkPath {
  readonly from: string;
  readonly to: string;
}

/** The conditions of all ways between Regions; they may change at any time. */
export class LinkConditions {
  readonly #paths = new Map<string, LinkCondition>();
  readonly #initial: (path: LinkPath) => LinkCondition;

  /** `initial`: how a way is before anything was changed. */
  constructor(initial: (path: LinkPath) => LinkCondition = () => PERFECT) {
    this.#initial = initial;
  }

  of(path: LinkPath): LinkCondition {
    return this.#paths.get(nameOf(path)) ?? this.#initial(path);
  }

  /** Changes what is named, and leaves the rest of that way as it is. */
  change(path: LinkPath, change: Partial<LinkCondition>): void {
    this.#paths.set(nameOf(path), { ...this.of(path), ...change });
  }

  /** As before anything was changed. */
  reset(): void {
    this.#paths.clear();
  }
}

function nameOf({ from, to }: LinkPath): string {
  return `${from} → ${to}`;
}
