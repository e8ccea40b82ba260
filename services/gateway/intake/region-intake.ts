import { createHash } from "node:crypto";
import type { Command } from "#shared/domain/command.ts";
import type { CommandId, OrderId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Random } from "#shared/ports/random.ts";
import type { OrderEntry, Submission } from "../order-entry.ts";
import { marketOf } from "./command-kinds.ts";
import type { ShardIntake } from "./shard-intake.ts";

export interface RegionIntakeDependencies {
  readonly shards: readonly ShardIntake[];
  /** The shard that trades a market. */
  readonly shardOf: (market: string) => ShardId | undefined;
  readonly random: Random;
  readonly mintOrderId: () => OrderId;
}

/** A Region's way into the exchange: each command to its shard. */
export class RegionIntake implements OrderEntry {
  readonly #dependencies: RegionIntakeDependencies;
  readonly #shards: ReadonlyMap<ShardId, ShardIntake>;

  constructor(dependencies: RegionIntakeDependencies) {
    this.#dependencies = dependencies;
    this.#shards = new Map(dependencies.shards.map((intake) => [intake.shard, intake]));
  }

  mintOrderId(): OrderId {
    return this.#dependencies.mintOrderId();
  }

  commandIdOf(account: number, idempotencyKey: string): CommandId {
    const hash = createHash("sha256").update(`${account}\n${idempotencyKey}`).digest("hex");
    return hash.slice(0, 32) as CommandId;
  }

  freshCommandId(account: number): CommandId {
    return this.commandIdOf(account, Buffer.from(this.#dependencies.random.bytes(16)).toString("hex"));
  }

  submit(commandId: CommandId, command: Command, shard?: ShardId): Promise<Submission> {
    const market = marketOf(command);
    const wanted = shard ?? (market === undefined ? undefined : this.#dependencies.shardOf(market));
    assert(wanted !== undefined, `a ${command.kind} names its shard, or a market of one`);
    const intake = this.#shards.get(wanted);
    assert(intake !== undefined, `there is no shard ${wanted}`);
    return intake.submit(commandId, command);
  }

  stop(): void {
    for (const intake of this.#shards.values()) intake.stop();
  }
}
