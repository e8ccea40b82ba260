import type { ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Acceptor, AcceptorMemory, Ballot } from "#shared/ports/acceptor.ts";
import { type AcceptorTurn, BLANK_MEMORY, onAccept, onPrepare } from "#shared/ports/acceptor-memory.ts";
import { copied } from "#test/simulation/network/copied.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

export type AcceptorWitness = (shard: ShardId, ballot: Ballot, value: OwnershipRecord) => void;

/** An acceptor of the ownership register on a simulated disk: it answers when what it answers is durable. */
export function openSimulatedAcceptor(
  disk: SimulatedDisk,
  name: string,
  life: Life,
  onFailure: (error: unknown) => void = () => {},
  /** Sees what becomes durable, also where nobody lives to tell of it. */
  witness: AcceptorWitness = () => {},
): Acceptor {
  const file = disk.file(`acceptor ${name}`, () => new Map<ShardId, AcceptorMemory>());
  const commits = disk.commits("acceptor", name, life);
  const failing = <T>(failed: (error: unknown) => void, rule: () => T): Promise<T> => {
    const written = commits.write(rule);
    written.catch(failed);
    return written;
  };
  const turn = <Answer>(shard: ShardId, rule: (memory: AcceptorMemory) => AcceptorTurn<Answer>) =>
    failing(onFailure, () => {
      const { memory, answer } = rule(file.get(shard) ?? BLANK_MEMORY);
      file.set(shard, memory);
      return answer;
    });
  return {
    read: (shard) => disk.reading(life, () => file.get(shard) ?? BLANK_MEMORY),
    prepare: (shard, ballot) => turn(shard, (memory) => onPrepare(memory, copied(ballot))),
    accept: (shard, ballot, value) =>
      turn(shard, (memory) => {
        const accepted = onAccept(memory, copied(ballot), copied(value));
        if (accepted.answer.ok) witness(shard, ballot, value);
        return accepted;
      }),
    close: async () => commits.flush(),
  };
}
