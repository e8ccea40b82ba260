import type { BranchId, RegionId, Seq } from "#shared/domain/ids.ts";
import type { TapeDigest } from "#shared/protocol/link.ts";

/** Digests are taken at seqs that are multiples of this. */
export const DIGEST_INTERVAL = 256;
/** So many are remembered; a Region further apart is compared when it comes nearer. */
const KEPT = 1024;

/** Two Regions folded the same seq of the same branch to different states: invariant 7 is broken. */
export interface Divergence {
  readonly region: RegionId;
  readonly branch: BranchId;
  readonly seq: Seq;
  readonly ownDigest: string;
  readonly otherDigest: string;
}

/** Compares the digests of this Region's fold with those that others report. */
export class DigestExchange {
  readonly #onDivergence: (divergence: Divergence) => void;
  /** By branch and seq; the oldest first. */
  readonly #own = new Map<string, TapeDigest>();
  /** Reported of seqs that this Region has not folded yet. */
  readonly #early = new Map<string, { readonly region: RegionId; readonly digest: TapeDigest }>();
  #noted = 0;

  constructor(onDivergence: (divergence: Divergence) => void) {
    this.#onDivergence = onDivergence;
  }

  /** How many were noted so far: where to go on with {@link since}. */
  get noted(): number {
    return this.#noted;
  }

  /** This Region folded up to a seq of a branch. */
  note(digest: TapeDigest): void {
    const name = nameOf(digest);
    this.#own.delete(name);
    put(this.#own, name, digest);
    this.#noted++;
    for (const [key, { region, digest: other }] of this.#early) {
      if (nameOf(other) !== name) continue;
      this.#early.delete(key);
      this.#compare(region, digest, other);
    }
  }

  /** Another Region's digests; repeated ones are compared again and do no harm. */
  take(region: RegionId, digests: readonly TapeDigest[]): void {
    for (const other of digests.slice(0, KEPT)) {
      const own = this.#own.get(nameOf(other));
      if (own !== undefined) this.#compare(region, own, other);
      else put(this.#early, `${region} ${nameOf(other)}`, { region, digest: other });
    }
  }

  /** The newest of them, the oldest first. */
  newest(limit: number): readonly TapeDigest[] {
    return [...this.#own.values()].slice(-limit);
  }

  /** The digests noted after so many, the oldest first, at most `limit` (the newest of them). */
  since(noted: number, limit: number): readonly TapeDigest[] {
    const fresh = Math.min(this.#noted - noted, limit);
    return fresh <= 0 ? [] : [...this.#own.values()].slice(-fresh);
  }

  #compare(region: RegionId, own: TapeDigest, other: TapeDigest): void {
    if (own.digest === other.digest) return;
    const { branch, seq } = own;
    this.#onDivergence({ region, branch, seq, ownDigest: own.digest, otherDigest: other.digest });
  }
}

function nameOf({ branch, seq }: TapeDigest): string {
  return `${branch} ${seq}`;
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > KEPT && oldest !== undefined) map.delete(oldest);
}
