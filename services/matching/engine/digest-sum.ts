import { FieldHash, laneA, laneB } from "#shared/domain/digest/field-hash.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const ownLaneA = laneA;
const ownLaneB = laneB;

/** The sum of the hashes of all that the state holds: what a state's digest is made of. Whoever adds a hash keeps its sum, to take it away again. */
export class DigestSum {
  a = 0;
  b = 0;
  /** For computing one hash after another. */
  readonly hash = new FieldHash();

  /** Adds what the sum of a thing's fields comes to. */
  add(sum: number): void {
    this.a = (this.a + ownLaneA(sum)) | 0;
    this.b = (this.b + ownLaneB(sum)) | 0;
  }

  /** Takes away what was added. */
  subtract(sum: number): void {
    this.a = (this.a - ownLaneA(sum)) | 0;
    this.b = (this.b - ownLaneB(sum)) | 0;
  }
}
