import type { Asset } from "#shared/domain/asset.ts";
import { textWord } from "#shared/domain/digest/field-hash.ts";
import { hashAsset } from "#shared/domain/digest/state-digest.ts";
import type { AssetState } from "#shared/domain/engine-state.ts";
import { WordText } from "../flat/word-text.ts";
import type { DigestSum } from "./digest-sum.ts";

interface Entry {
  readonly asset: Asset;
  readonly text: WordText;
  readonly word: number;
  /** Deposits minus withdrawals so far. */
  supply: number;
  /** Its place among all assets by id. */
  rank: number;
  hashed: number;
}

/** The assets of a shard; inside the engine an asset is its number here. */
export class Assets {
  readonly #entries: Entry[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #digest: DigestSum;
  /** The asset whose supply the present command changed, and by how much; -1 if none. A command changes one at most. */
  changed = -1;
  change = 0;

  constructor(digest: DigestSum) {
    this.#digest = digest;
  }

  /** The number of an asset; -1 if there is none with this id. */
  find(id: string): number {
    return this.#numbers.get(id) ?? -1;
  }

  get count(): number {
    return this.#entries.length;
  }

  define(asset: Asset, supply: number): void {
    const entry = {
      asset,
      text: WordText.of(asset.id),
      word: textWord(asset.id),
      supply,
      rank: 0,
      hashed: 0,
    };
    this.#numbers.set(asset.id, this.#entries.length);
    this.#entries.push(entry);
    for (const [rank, each] of this.#sorted().entries()) each.rank = rank;
    this.#rehash(entry);
  }

  asset(number: number): Asset {
    return this.#entry(number).asset;
  }

  /** The id as an encoded text. */
  text(number: number): WordText {
    return this.#entry(number).text;
  }

  word(number: number): number {
    return this.#entry(number).word;
  }

  rank(number: number): number {
    return this.#entry(number).rank;
  }

  supply(number: number): number {
    return this.#entry(number).supply;
  }

  addSupply(number: number, amount: number): void {
    const entry = this.#entry(number);
    entry.supply += amount;
    this.changed = number;
    this.change = amount;
    this.#rehash(entry);
  }

  /** The numbers of all of them, by id. */
  byRank(): number[] {
    return this.#sorted().map(({ asset }) => this.find(asset.id));
  }

  /** By id. */
  states(): AssetState[] {
    return this.#sorted().map(({ asset, supply }) => ({ asset, supply }));
  }

  #sorted(): Entry[] {
    return this.#entries.toSorted((a, b) => (a.asset.id < b.asset.id ? -1 : 1));
  }

  #entry(number: number): Entry {
    return this.#entries[number] as Entry;
  }

  #rehash(entry: Entry): void {
    const { hash } = this.#digest;
    if (entry.hashed !== 0) this.#digest.subtract(entry.hashed);
    hashAsset(hash, entry);
    entry.hashed = hash.sum;
    this.#digest.add(entry.hashed);
  }
}
