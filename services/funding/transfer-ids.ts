import { createHash } from "node:crypto";
import type { CommandId } from "#shared/domain/ids.ts";

/** The id of the command that credits a transfer at the other shard: one for ever, however often it is sent. */
export function creditIdOf(transferId: CommandId): CommandId {
  return hashed(`in${transferId}`);
}

/** The id of the command that ends a transfer at the shard that sent it. */
export function settlementIdOf(transferId: CommandId): CommandId {
  return hashed(`settled${transferId}`);
}

/** The id of a transfer that pays for an order, from one shard: the order sent again moves nothing twice. */
export function fundingIdOf(commandId: CommandId, fromShard: string): CommandId {
  return hashed(`fund${commandId} ${fromShard}`);
}

function hashed(text: string): CommandId {
  return createHash("sha256").update(text).digest("hex").slice(0, 32) as CommandId;
}
