import { askAll, majorityOf } from "#services/ownership/ask-all.ts";
import { currentSpan } from "#services/ownership/lineage.ts";
import type { RegionId, Seq } from "#shared/domain/ids.ts";
import type { LineageSpan, OwnershipRecord } from "#shared/domain/lineage.ts";
import { appendBranchStart } from "./branch-start.ts";
import type { OwnershipDependencies } from "./keep-ownership.ts";

interface Held {
  readonly region: RegionId;
  /** How far it holds the log of the reign that ends. */
  readonly position: number;
}

/** How long a candidate waits until its own fold has come to the cut. */
const FOLD_MS = 10_000;
const LOOK_MS = 10;

/**
 * Prepares the next reign after an owner that has fallen silent: a majority promises durably to follow the old one no further, the longest of what they hold becomes the cut, what this Region lacks of it is copied, and the branch's first
 * record is written. Gives the span to propose to the register; until it stands there nothing has changed, and any Region may begin again. `undefined` when it cannot be done now.
 */
export async function takeOver(
  record: OwnershipRecord,
  dependencies: OwnershipDependencies,
  isStopped: () => boolean,
): Promise<LineageSpan | undefined> {
  const { node, link, log, random, mintBranch, clock } = dependencies;
  const old = currentSpan(record);
  if (node.hasOpenFork) return undefined;
  const longest = await fenceMajority(old, dependencies);
  if (longest === undefined) return undefined;
  if (longest.region !== link.self) {
    const isCopied = await node.follower.copyFrom(longest.region, old.owner, longest.position);
    if (!isCopied) return undefined;
  }
  const deadline = clock.monotonic() + FOLD_MS;
  while (!node.hasFolded(old, longest.position)) {
    if (isStopped() || clock.monotonic() > deadline) return undefined;
    await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
  }
  const cut = await node.cutAt(old, longest.position);
  if (cut === undefined) return undefined;
  const { parent, digest: cutDigest } = cut;
  const parentSeq = cut.seq as Seq;
  const branch = mintBranch();
  const epoch = old.epoch + 1;
  const begins = { branch, parent, parentSeq, epoch, provisional: false };
  const start = await appendBranchStart(log, random, begins);
  if (start === undefined) return undefined;
  return { epoch, branch, owner: link.self, parentSeq, start, cutDigest };
}

/** The Region that holds most of the reign among a majority that promised to follow it no further; this Region where it holds as much. */
async function fenceMajority(
  { epoch, owner, start }: LineageSpan,
  { link, log, regions, copies, shard, timing }: OwnershipDependencies,
): Promise<Held | undefined> {
  const majority = majorityOf(regions.length);
  const answers = await askAll<Held>(
    regions,
    async (region) => {
      if (region === link.self) {
        await copies.fence(shard, epoch);
        const position = owner === link.self ? log.lastPosition() : copies.lastPosition(shard, owner);
        return { region, position };
      }
      const reply = await link.request(region, "replica.fence", { shard, epoch }, timing.linkTimeoutMs);
      const position = reply.ok
        ? reply.answer.held.find(({ origin }) => origin === owner)?.position
        : undefined;
      return position === undefined ? undefined : { region, position };
    },
    (so) => so.filter(({ answer }) => answer !== undefined).length >= majority,
  );
  // Who holds none of its records holds all that is before its first.
  const held = answers.flatMap(({ answer }): Held[] =>
    answer === undefined ? [] : [{ ...answer, position: Math.max(answer.position, start) }],
  );
  if (held.length < majority || !held.some(({ region }) => region === link.self)) return undefined;
  const own = held.filter(({ region }) => region === link.self);
  return [...own, ...held].reduce((longest, one) => (one.position > longest.position ? one : longest));
}
