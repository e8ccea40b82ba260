import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";

declare const brand: unique symbol;
/** `crypto-1/us-east-1.1/42/0`: the one name of an output of a fold, wherever and however often it is told. */
export type EventName = string & { readonly [brand]: "EventName" };

/** Where an event stands: on a branch of a shard, in the outcome of a seq, at a place in it. */
export interface EventPlace {
  readonly shard: ShardId;
  readonly branch: BranchId;
  readonly seq: Seq;
  readonly index: number;
}

/** The name of an event (design: every output is named shard, branch, seq, index). */
export function eventName({ shard, branch, seq, index }: EventPlace): EventName {
  return `${shard}/${branch}/${seq}/${index}` as EventName;
}
