import type { BranchId } from "#shared/domain/ids.ts";
import type {
  CandleRow,
  MergedRow,
  OrderListRow,
  OrderRow,
  PreventedMatchRow,
  ProjectionStand,
  TradeRow,
} from "#shared/ports/projections.ts";

/**
 * One step of the tables forward: what it writes, and how that was before. Written down first, it makes the step whole: the rows follow, now or after a
 * crash; and while it is kept, the step can be taken back.
 */
export interface ProjectionStep {
  /** Where the tables stood before, and stand after it. */
  readonly from: ProjectionStand;
  readonly to: ProjectionStand;
  readonly orders: readonly Change<OrderRow>[];
  readonly orderLists: readonly Change<OrderListRow>[];
  readonly candles: readonly Change<CandleRow>[];
  /** New ones only: the first of a name stays. */
  readonly trades: readonly TradeRow[];
  readonly preventedMatches: readonly PreventedMatchRow[];
  readonly merged: readonly MergedRow[];
}

export interface Change<T> {
  readonly after: T;
  /** Not there if it was new. */
  readonly before?: T;
}

/** Where a shard's tables stand. */
export interface ProjectionHead {
  readonly version: number;
  readonly branch: BranchId;
  readonly seq: number;
  /** Rows of steps up to this seq are known to be written. */
  readonly appliedSeq: number;
  /** Never back behind this: what is at or before it is final. */
  readonly floor: number;
  /** How often the tables went back. Rows written before the last time never replace later ones. */
  readonly rewinds: number;
  /** A way back that was begun: from which seq. */
  readonly goingBack?: { readonly fromSeq: number };
}
