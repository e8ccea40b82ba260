import type { TransferInFlight } from "#services/gateway/views/region-view.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { CommandId, Seq } from "#shared/domain/ids.ts";
import type { Subscription } from "#shared/ports/command-log.ts";

/** What a Region's fold of a shard says of transfers, as a view tells it. */
export interface FoldTransfers {
  /** `undefined` while that is not known: while it starts, or the fold goes back. */
  inFlight(): readonly TransferInFlight[] | undefined;
  creditedAt(transferId: CommandId): Seq | undefined;
  /** Called behind each outcome. */
  onOutcome(listener: (outcome: Outcome) => void): Subscription;
  /** Called when it is of another tape. */
  onRebuilt(listener: () => void): Subscription;
}
