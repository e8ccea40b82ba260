import type { CommandKind } from "#shared/domain/command.ts";
import type { AccountId, BranchId, CommandId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Reply } from "#test/simulation/simulated-region.ts";

/** A command that was acknowledged: its client was told where on a tape it stands. */
export interface Acknowledgment {
  readonly commandId: CommandId;
  readonly region: RegionId;
  readonly shard: ShardId;
  readonly branch: BranchId;
  readonly seq: Seq;
  readonly provisional: boolean;
  /** The kind of command of which it was told that it was refused, or had been: then nothing of it need stay. */
  readonly refused: CommandKind | undefined;
}

export interface KnownRequest {
  readonly account: AccountId;
  readonly shard: ShardId;
  asked: number;
  /** How often it was told that nothing was taken. */
  refused: number;
  /** It was told that its command is in an outbox. */
  isQueued: boolean;
}

/** What clients asked and what they were told. */
export class RequestBook {
  readonly requests = new Map<CommandId, KnownRequest>();
  readonly acknowledgments: Acknowledgment[] = [];

  asked(commandId: CommandId, account: AccountId, shard: ShardId): void {
    const known = this.requests.get(commandId);
    if (known === undefined)
      this.requests.set(commandId, { account, shard, asked: 1, refused: 0, isQueued: false });
    else known.asked++;
  }

  answered(commandId: CommandId, region: RegionId, reply: Reply): void {
    const request = this.requests.get(commandId);
    if (request === undefined) return;
    if (reply.kind === "queued") request.isQueued = true;
    if (reply.kind === "refused") request.refused++;
    // An outcome without a branch is of the gateway's own outbox: no shard has heard of it.
    if (reply.kind !== "outcome" || reply.outcome.branch === ("" as string)) return;
    const { shard, branch, seq, events } = reply.outcome;
    const { provisional } = reply;
    const [first] = events;
    const refused = first?.kind === "CommandRejected" ? first.command : undefined;
    this.acknowledgments.push({ commandId, region, shard, branch, seq, provisional, refused });
  }
}
