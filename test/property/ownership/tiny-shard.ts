import type { BranchId, RegionId, Seq } from "#shared/domain/ids.ts";
import { type OwnershipRecord, ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { LogRecord } from "#shared/ports/command-log.ts";

/** The commands of a shard that knows nothing but branches (the engine's rules for them, and no orders). */
export type Entry =
  | { readonly kind: "Command"; readonly id: number; readonly branch: BranchId }
  | { readonly kind: "EpochEnded"; readonly branch: BranchId; readonly successor: RegionId }
  | {
      readonly kind: "BranchStarted";
      readonly branch: BranchId;
      readonly parent: BranchId;
      readonly parentSeq: number;
    };

export interface TinyState {
  readonly branch: BranchId;
  readonly seq: Seq;
  readonly endedFor: RegionId | undefined;
  readonly digest: string;
}

export const encode = (entry: Entry): Uint8Array => new TextEncoder().encode(JSON.stringify(entry));
const decode = ({ bytes }: LogRecord): Entry => JSON.parse(new TextDecoder().decode(bytes)) as Entry;

/** What a record of the log says, and a number that stands for its bytes. Records never change, so each is looked into once. */
const read = new WeakMap<LogRecord, { readonly entry: Entry; readonly hash: number }>();
function contentOf(record: LogRecord) {
  let content = read.get(record);
  if (content === undefined) {
    content = {
      entry: decode(record),
      hash: record.bytes.reduce((hash, byte) => (hash * 31 + byte) >>> 0, 7),
    };
    read.set(record, content);
  }
  return content;
}

const BLANK: TinyState = { branch: ROOT_BRANCH, seq: 0 as Seq, endedFor: undefined, digest: "" };

function apply(state: TinyState, record: LogRecord): TinyState {
  const { entry, hash } = contentOf(record);
  const seq = (state.seq + 1) as Seq;
  const digest = (Math.imul(Number.parseInt(state.digest || "0", 16) + seq, 31) + hash) >>> 0;
  const next = { ...state, seq, digest: digest.toString(16) };
  if (entry.kind === "BranchStarted") {
    const continues = entry.parent === state.branch && entry.parentSeq === state.seq;
    return continues ? { ...next, branch: entry.branch, endedFor: undefined } : next;
  }
  if (entry.branch !== state.branch || state.endedFor !== undefined) return next;
  if (entry.kind === "EpochEnded") return { ...next, endedFor: entry.successor };
  return next;
}

/** The position of the end of a branch in its owner's log; infinite while it goes on. */
export function endOf(log: readonly LogRecord[], branch: BranchId): number {
  const end = log.find((record) => {
    const { entry } = contentOf(record);
    return entry.kind === "EpochEnded" && entry.branch === branch;
  });
  return end?.position ?? Number.POSITIVE_INFINITY;
}

/**
 * The state behind the lineage, its last span through a position of its owner's log; `undefined` if records are missing. `onCut` hears the state at the end of
 * every span but the last, and that after the first record of each.
 */
export function foldLineage(
  { lineage }: OwnershipRecord,
  logOf: (owner: RegionId) => readonly LogRecord[],
  position: number,
  onCut: (state: TinyState, span: number, where: "start" | "cut") => void = () => undefined,
): TinyState | undefined {
  let state = BLANK;
  for (const [at, span] of lineage.entries()) {
    const end = lineage[at + 1]?.parentSeq;
    for (const record of logOf(span.owner)) {
      if (record.position <= span.start) continue;
      if (end === undefined ? record.position > position : state.seq >= end) break;
      state = apply(state, record);
      if (state.seq === span.parentSeq + 1) onCut(state, at, "start");
    }
    if (end !== undefined && state.seq !== end) return undefined;
    if (end !== undefined) onCut(state, at, "cut");
  }
  return state;
}
