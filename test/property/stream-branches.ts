import { branchName } from "#shared/domain/branch-name.ts";
import type { BranchStarted, CommandEnvelope, EpochEnded, ForkSealed } from "#shared/domain/command.ts";
import type { BranchId, RegionId, Seq } from "#shared/domain/ids.ts";
import type { Draw } from "./draw.ts";

/** The branch in which streams begin. */
export const BRANCH = "us-east-1.1" as BranchId;
const REGION = "eu-west-1" as RegionId;

/** Where a stream is among branches, as far as what it sent was taken. */
export interface BranchStory {
  branch: BranchId;
  epoch: number;
  provisional: boolean;
  ended: boolean;
  /** Branches of this stream get rising numbers. */
  branches: number;
}

export function firstBranch(): BranchStory {
  return { branch: BRANCH, epoch: 0, provisional: false, ended: false, branches: 1 };
}

/** Begins a fork or another reign: mostly where the branch is now, after `seq`, else beside it. */
export function someBranchStart(draw: Draw, story: BranchStory, seq: number): BranchStarted {
  const provisional = draw.perMille(500);
  const start = branchStart(story, seq, provisional);
  const wrong = draw.weighted({ nothing: 12, seq: 1, parent: 1, itself: 1, epoch: 2 });
  if (wrong === "seq") return { ...start, parentSeq: (seq + draw.pick([-1, 1, 7])) as Seq };
  if (wrong === "parent") return { ...start, parent: "us-east-1.99" as BranchId };
  if (wrong === "itself") return { ...start, branch: story.branch };
  return wrong === "epoch" ? { ...start, epoch: draw.between(0, 9) } : start;
}

/** What goes on just here. */
export function branchStart(story: BranchStory, seq: number, provisional: boolean): BranchStarted {
  story.branches++;
  return {
    kind: "BranchStarted",
    branch: branchName("us-east-1" as RegionId, story.branches),
    parent: story.branch,
    parentSeq: seq as Seq,
    epoch: story.epoch + (provisional ? 0 : 1),
    provisional,
  };
}

export function someEnd(
  draw: Draw,
  story: BranchStory,
  kind: "EpochEnded" | "ForkSealed",
): EpochEnded | ForkSealed {
  const isRight = draw.perMille(700);
  return kind === "EpochEnded"
    ? { kind, epoch: story.epoch + (isRight ? 0 : 1), successor: REGION }
    : { kind, fork: isRight ? story.branch : ("us-east-1.98" as BranchId) };
}

/** Follows what the next record of the stream, which comes after `seq` others, does to the branch. */
export function noteBranch(story: BranchStory, { branch, command }: CommandEnvelope, seq: number): void {
  if (command.kind === "BranchStarted") {
    const isNext = command.parent === story.branch && command.parentSeq === seq;
    if (!isNext || branch !== command.branch || branch === story.branch) return;
    story.branch = command.branch;
    story.epoch = command.epoch;
    story.provisional = command.provisional;
    story.ended = false;
  } else if (branch === story.branch) {
    if (command.kind === "EpochEnded") story.ended ||= !story.provisional && command.epoch === story.epoch;
    if (command.kind === "ForkSealed") story.ended ||= command.fork === branch;
  }
}
