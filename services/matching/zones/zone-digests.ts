import type { BranchId, Seq } from "#shared/domain/ids.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";

/** So many seqs are remembered; zones are never further apart. */
const KEPT = 1024;

/** Two zones folded the same seq of the same branch to different states: invariant 7 is broken. */
export interface ZoneDivergence {
  readonly branch: BranchId;
  readonly seq: Seq;
  readonly zones: readonly [string, string];
}

/** Compares the digests of the zones' folds. */
export class ZoneDigests {
  readonly #known = new Map<string, { readonly zone: string; readonly digest: string }>();
  readonly #onDivergence: (divergence: ZoneDivergence) => void;

  constructor(onDivergence: (divergence: ZoneDivergence) => void) {
    this.#onDivergence = onDivergence;
  }

  /** `true` if no zone had come so far yet. */
  note(zone: string, { branch, seq, digest }: TapeDigest): boolean {
    const name = `${branch} ${seq}`;
    const known = this.#known.get(name);
    if (known !== undefined) {
      if (known.digest !== digest) this.#onDivergence({ branch, seq, zones: [known.zone, zone] });
      return false;
    }
    this.#known.set(name, { zone, digest });
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
    return true;
  }
}
