import { FieldHash, lanesAsHex } from "#shared/domain/digest/field-hash.ts";

/** The sum of the hashes of all that the state holds: what a state's digest is made of. */
export class DigestSum {
  a = 0;
  b = 0;
  /** For computing one hash after another. */
  readonly hash = new FieldHash();

  /** Adds the hash just finished. */
  add(): void {
    this.a = (this.a + this.hash.a) | 0;
    this.b = (this.b + this.hash.b) | 0;
  }

  /** Replaces what something added before by what it adds now. */
  replace(a: number, b: number, newA: number, newB: number): void {
    this.a = (this.a - a + newA) | 0;
    this.b = (this.b - b + newB) | 0;
  }

  /** Takes away what was added. */
  subtract(a: number, b: number): void {
    this.a = (this.a - a) | 0;
    this.b = (this.b - b) | 0;
  }

  /** The sum with one more hash, the one just finished. */
  withHash(): string {
    return lanesAsHex((this.a + this.hash.a) | 0, (this.b + this.hash.b) | 0);
  }
}
