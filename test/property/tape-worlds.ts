import { branchName } from "#shared/domain/branch-name.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { type ForkSpan, type LineageSpan, ROOT_BRANCH, type TapePlan } from "#shared/domain/lineage.ts";
import type { Random } from "#shared/ports/random.ts";

export const SHARD = "shard-1" as ShardId;
export const REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"].map((name) => name as RegionId);
export const SELF = REGIONS[0] as RegionId;

/** One step of a world: a record comes into a Region's log, or the Region under test learns of another plan. */
export type WorldStep =
  | { readonly kind: "record"; readonly origin: RegionId; readonly position: number; readonly text: string }
  | { readonly kind: "plan"; readonly plan: TapePlan };

/** A shard's life in three Regions, as it came about: reigns that are cut, forks of the Region under test, plans that it learns late. */
export interface TapeWorld {
  readonly steps: readonly WorldStep[];
  /** What the tape holds by the last plan, worked out from the definition: the text of each record, named branch and seq. */
  readonly tape: readonly string[];
}

/** Draws a world. Positions have gaps in every log but the own one. */
export function drawWorld(random: Random): TapeWorld {
  const logs = new Map(REGIONS.map((region) => [region, [] as { position: number; text: string }[]]));
  const logOf = (region: RegionId) => logs.get(region) ?? [];
  const lastOf = (region: RegionId) => logOf(region).at(-1)?.position ?? 0;
  const steps: WorldStep[] = [];
  let count = 0;
  const append = (origin: RegionId) => {
    const position = lastOf(origin) + 1 + (origin === SELF ? 0 : random.below(3));
    const text = `record ${++count}`;
    logOf(origin).push({ position, text });
    steps.push({ kind: "record", origin, position, text });
  };
  const recordsOf = (owner: RegionId, start: number) =>
    logOf(owner).filter(({ position }) => position > start);

  let lineage: LineageSpan[] = [];
  let fork: ForkSpan | undefined;
  let branches = 0;
  const learn = () => {
    if (random.below(4) > 0) steps.push({ kind: "plan", plan: { shard: SHARD, lineage, fork } });
  };
  const reign = () => {
    const before = lineage.at(-1);
    const owner = REGIONS[random.below(REGIONS.length)] as RegionId;
    const length = before === undefined ? 0 : recordsOf(before.owner, before.start).length;
    const parentSeq = ((before?.parentSeq ?? 0) + random.below(length + 1)) as Seq;
    const branch = branchName(owner, ++branches);
    const span = { epoch: lineage.length + 1, branch, owner, parentSeq, start: lastOf(owner), cutDigest: "" };
    lineage = [...lineage, span];
  };
  const openFork = () => {
    const parent = lineage[random.below(lineage.length)];
    if (parent === undefined) return;
    const end = lineage[lineage.indexOf(parent) + 1]?.parentSeq;
    const length = end === undefined ? recordsOf(parent.owner, parent.start).length : end - parent.parentSeq;
    const parentSeq = (parent.parentSeq + random.below(length + 1)) as Seq;
    const branch = branchName(SELF, ++branches);
    fork = { branch, parent: parent.branch, parentSeq, start: lastOf(SELF) };
  };

  reign();
  for (let step = 0; step < 40; step++) {
    const chance = random.below(12);
    if (chance === 0) reign();
    else if (chance === 1) openFork();
    else if (chance === 2) fork = undefined;
    else append(REGIONS[random.below(REGIONS.length)] as RegionId);
    if (chance <= 3) learn();
  }
  if (random.below(2) === 0) fork = undefined;
  steps.push({ kind: "plan", plan: { shard: SHARD, lineage, fork } });
  return { steps, tape: tapeOf({ shard: SHARD, lineage, fork }, recordsOf) };
}

/** The definition: every record behind a branch's start takes one seq of it, up to where the next branch begins. */
function tapeOf(
  { lineage, fork }: TapePlan,
  recordsOf: (owner: RegionId, start: number) => readonly { text: string }[],
): string[] {
  const tape: string[] = [];
  const names: BranchId[] = [ROOT_BRANCH];
  const put = (branch: BranchId, owner: RegionId, parentSeq: number, start: number) => {
    tape.length = parentSeq;
    names.length = parentSeq + 1;
    for (const { text } of recordsOf(owner, start)) {
      tape.push(`${branch} ${tape.length + 1} ${text}`);
      names.push(branch);
    }
  };
  let forkHangs = false;
  for (const [at, { branch, owner, parentSeq, start }] of lineage.entries()) {
    put(branch, owner, parentSeq, start);
    const end = lineage[at + 1]?.parentSeq ?? Number.POSITIVE_INFINITY;
    if (fork?.parent !== branch || fork.parentSeq < parentSeq || fork.parentSeq > end) continue;
    forkHangs = true;
    break;
  }
  if (fork !== undefined && forkHangs) put(fork.branch, SELF, fork.parentSeq, fork.start);
  return tape;
}
