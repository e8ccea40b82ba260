import type { ShardId } from "#shared/domain/ids.ts";
import type { AcceptedValue, Acceptor, Ballot } from "#shared/ports/acceptor.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

interface Memory {
  promised: Ballot | undefined;
  accepted: AcceptedValue | undefined;
}

/** An acceptor of the ownership register on a simulated disk: it answers when what it answers is durable. */
export function openSimulatedAcceptor(disk: SimulatedDisk, name: string, life: Life): Acceptor {
  const file = disk.file(`acceptor ${name}`, () => new Map<ShardId, Memory>());
  const commits = disk.commits(life);
  const memoryOf = (shard: ShardId): Memory => {
    const known = file.get(shard);
    if (known !== undefined) return known;
    const fresh: Memory = { promised: undefined, accepted: undefined };
    file.set(shard, fresh);
    return fresh;
  };
  return {
    prepare: (shard, ballot) =>
      commits.write(() => {
        const memory = memoryOf(shard);
        if (isHigher(memory.promised, ballot)) return { ok: false, promised: memory.promised } as const;
        memory.promised = ballot;
        return { ok: true, accepted: memory.accepted } as const;
      }),
    accept: (shard, ballot, value) =>
      commits.write(() => {
        const memory = memoryOf(shard);
        if (isHigher(memory.promised, ballot)) return { ok: false, promised: memory.promised } as const;
        memory.promised = ballot;
        memory.accepted = { ballot, value };
        return { ok: true } as const;
      }),
    close: async () => commits.flush(),
  };
}

function isHigher(promised: Ballot | undefined, ballot: Ballot): promised is Ballot {
  if (promised === undefined) return false;
  return (
    promised.counter > ballot.counter ||
    (promised.counter === ballot.counter && promised.region > ballot.region)
  );
}
