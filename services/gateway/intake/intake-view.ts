import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";

/** What the intake asks of its Region's view of a shard (`FollowingView` is one). */
export interface IntakeView {
  /** The branch of the last seq folded. */
  readonly branch: BranchId;
  /** What is behind this seq may be undone; `undefined` while nothing is known that would. */
  readonly provisionalAfter: Seq | undefined;
  market(id: string): Market | undefined;
  onUpdate(listener: (update: { readonly outcome: Outcome }) => void): { cancel(): void };
  onRewind(listener: (rewound: { readonly toSeq: Seq }) => void): { cancel(): void };
}
