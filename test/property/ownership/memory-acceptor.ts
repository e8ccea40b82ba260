import type { ShardId } from "#shared/domain/ids.ts";
import type { Acceptor, AcceptorMemory } from "#shared/ports/acceptor.ts";
import { type AcceptorTurn, BLANK_MEMORY, onAccept, onPrepare } from "#shared/ports/acceptor-memory.ts";

/** What survives a crash of an acceptor. */
export type AcceptorDisk = Map<ShardId, AcceptorMemory>;

/** An acceptor that remembers in a map. `written` resolves when a write would be durable; what a dead process waits for never comes. */
export function memoryAcceptor(disk: AcceptorDisk, written: () => Promise<void>): Acceptor {
  const memoryOf = (shard: ShardId) => disk.get(shard) ?? BLANK_MEMORY;
  const turn = async <Answer>(shard: ShardId, rule: (memory: AcceptorMemory) => AcceptorTurn<Answer>) => {
    await written();
    const { memory, answer } = rule(memoryOf(shard));
    disk.set(shard, memory);
    return answer;
  };
  return {
    read: async (shard) => memoryOf(shard),
    prepare: (shard, ballot) => turn(shard, (memory) => onPrepare(memory, ballot)),
    accept: (shard, ballot, value) => turn(shard, (memory) => onAccept(memory, ballot, value)),
    close: () => Promise.resolve(),
  };
}
