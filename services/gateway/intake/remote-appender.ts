import type { AccountId, RegionId } from "#shared/domain/ids.ts";
import type { AppendAnswer } from "#shared/ports/command-log.ts";

/** The way into a shard's log in another Region. An account's commands stand in the log in the order in which they came. */
export interface RemoteAppender {
  append(owner: RegionId, bytes: Uint8Array, account: AccountId): Promise<AppendAnswer>;
}
