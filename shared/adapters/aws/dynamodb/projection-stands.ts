import type { ShardId } from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { Dynamo } from "./dynamo.ts";
import { AnotherWriter, DamagedItem } from "./dynamo-errors.ts";
import { isAtVersion } from "./expressions.ts";
import { pack, unpack } from "./pack.ts";
import { type PartsPlace, partKeysOf, readParts, writeParts } from "./parts.ts";
import type { ProjectionHead, ProjectionStep } from "./projection-step.ts";
import { numberOf, type Row, sortable, textOf } from "./row.ts";

const HEAD = "HEAD";
const STEPS_MAX = 100_000;

/** Where a shard's tables stand, in one item, and beside it the steps that led there while they can be taken back. */
export class ProjectionStands {
  readonly #dynamo: Dynamo;
  readonly #shard: ShardId;
  readonly #pk: string;

  constructor(dynamo: Dynamo, shard: ShardId) {
    this.#dynamo = dynamo;
    this.#shard = shard;
    this.#pk = `STAND#${shard}`;
  }

  async head(): Promise<ProjectionHead> {
    const row = await this.#dynamo.get("steps", { pk: this.#pk, sk: HEAD });
    if (row !== undefined) return JSON.parse(textOf(row, "head")) as ProjectionHead;
    return { version: 0, branch: ROOT_BRANCH, seq: 0, appliedSeq: 0, floor: 0, rewinds: 0 };
  }

  /** Replaces the head that has the version before. Throws `AnotherWriter` if another task did. */
  async save(head: ProjectionHead): Promise<void> {
    const { version, branch, seq } = head;
    const row = { pk: this.#pk, sk: HEAD, version, branch, seq, head: JSON.stringify(head) };
    const written = await this.#dynamo.put("steps", row, isAtVersion(version - 1));
    if (!written.ok && written.present?.head !== row.head)
      throw new AnotherWriter(`The tables of ${this.#shard} are written by another task of the Region.`);
  }

  /** Writes a step down, under the seq that it leads to. It counts once the head says so. */
  async put(step: ProjectionStep): Promise<void> {
    const { seq } = step.to;
    const bytes = await pack([new TextEncoder().encode(JSON.stringify(step))]);
    const parts = await writeParts(this.#dynamo, this.#partsPlace(seq), bytes);
    await this.#dynamo.put("steps", { pk: this.#pk, sk: stepKey(seq), seq, ...parts });
  }

  async step(seq: number): Promise<ProjectionStep> {
    const what = `the step of the tables of ${this.#shard} to seq ${seq}`;
    const row = await this.#dynamo.get("steps", { pk: this.#pk, sk: stepKey(seq) });
    if (row === undefined) throw new DamagedItem(`The stored data is damaged: ${what} is missing.`);
    const bytes = await readParts(this.#dynamo, this.#partsPlace(seq), row, what);
    const [record] = await unpack(bytes, what);
    return JSON.parse(new TextDecoder().decode(record)) as ProjectionStep;
  }

  /** Forgets the steps that lead to seqs from `from` to `to`, both inclusive, whether they counted or not. */
  async forget(from: number, to: number): Promise<void> {
    const rows = await this.#dynamo.query("steps", {
      hash: ["pk", this.#pk],
      range: { name: "sk", from: stepKey(from), to: stepKey(to) },
      limit: STEPS_MAX,
    });
    const parts = rows.flatMap((row) => partKeysOf(this.#partsPlace(numberOf(row, "seq")), row));
    const keys = rows.map((row): Row => ({ pk: this.#pk, sk: textOf(row, "sk") }));
    await this.#dynamo.removeAll("steps", [...keys, ...parts]);
  }

  #partsPlace(seq: number): PartsPlace {
    return { table: "steps", pk: `${this.#pk}#PARTS`, prefix: stepKey(seq) };
  }
}

function stepKey(seq: number): string {
  return `STEP#${sortable(seq)}`;
}
