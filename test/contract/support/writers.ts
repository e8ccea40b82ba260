import { setImmediate as nextTurn } from "node:timers/promises";
import type { RegionId } from "#shared/domain/ids.ts";
import { ballotOf, SHARD, sampleRecord } from "../acceptor-contract.ts";
import { bytesOf } from "../command-log-contract.ts";
import { sampleUser } from "../identity-store-contract.ts";
import { sampleEntry } from "../outbox-contract.ts";
import { sampleSnapshot } from "../snapshot-store-contract.ts";
import type { Adapters, Place } from "./adapters.ts";
import { sampleOutcomes } from "./sample-outcomes.ts";
import { sampleBatch } from "./sample-rows.ts";

type Writer = (adapters: Adapters, place: Place, acknowledged: (line: string) => void) => Promise<void>;

const APPENDERS = 8;

/** One endless writer a port. Each goes on where an earlier run stopped. */
export const WRITERS = {
  /** `number position` */
  async commandLog(adapters, place, acknowledged) {
    const log = await adapters.commandLog.open(place);
    // Numbers beyond those of any earlier run, so that a number that is there twice was written twice.
    let number = log.lastPosition() + 1_000_000 * (1 + Math.floor(log.lastPosition() / 1_000_000));
    const append = async () => {
      for (;;) {
        const mine = number++;
        const result = await log.append(bytesOf(mine));
        if (!result.ok) throw new Error(result.error);
        acknowledged(`${mine} ${result.position}`);
      }
    };
    await Promise.all(Array.from({ length: APPENDERS }, append));
  },
  /** `lastPosition fencedEpoch` */
  async logCopies(adapters, place, acknowledged) {
    const copies = await adapters.logCopies.open(place);
    const { shard } = sampleSnapshot(1);
    const origin = "us-east-1" as RegionId;
    for (;;) {
      const first = copies.lastPosition(shard, origin) + 1;
      const positions = Array.from({ length: 1 + (first % 7) }, (_, at) => first + at);
      await copies.append(
        shard,
        origin,
        positions.map((position) => ({ position, bytes: bytesOf(position) })),
      );
      const epoch = copies.fencedEpoch(shard) + 1;
      await copies.fence(shard, epoch);
      acknowledged(`${positions.at(-1)} ${epoch}`);
    }
  },
  /** `lastSeq` */
  async journal(adapters, place, acknowledged) {
    const journal = await adapters.journal.open(place);
    for (;;) {
      const first = journal.lastSeq() + 1;
      const last = first + (first % 7);
      await journal.append(sampleOutcomes(first, last));
      acknowledged(`${last}`);
    }
  },
  /** `seq` */
  async snapshots(adapters, place, acknowledged) {
    const store = await adapters.snapshots.open(place);
    const [newest] = await store.list(sampleSnapshot(1).shard);
    for (let seq = (newest?.seq ?? 0) + 1; ; seq++) {
      await store.save(sampleSnapshot(seq), 0);
      acknowledged(`${seq}`);
    }
  },
  /** `seq` */
  async projections(adapters, place, acknowledged) {
    const tables = await adapters.projections.open(place);
    for (let seq = tables.position(sampleBatch(1, 1).shard) + 1; ; seq++) {
      await tables.commit(sampleBatch(seq, 1 + (seq % 5)));
      acknowledged(`${seq}`);
    }
  },
  /** `last number taken` */
  async counters(adapters, place, acknowledged) {
    const counters = await adapters.counters.open(place);
    for (let call = 0; ; call++) {
      const count = 100 + (call % 400);
      acknowledged(`${counters.take("a", count) + count - 1}`);
      // A world may reserve its next numbers between two turns.
      await nextTurn();
    }
  },
  /** `account` */
  async identity(adapters, place, acknowledged) {
    const store = await adapters.identity.open(place);
    let account = 1;
    for (; (await store.userByName(`user-${account}`)) !== undefined; account++);
    for (; ; account++) {
      await store.addUser(sampleUser(account, `user-${account}`));
      acknowledged(`${account}`);
    }
  },
  /** `counter prepared` or `counter accepted` */
  async acceptor(adapters, place, acknowledged) {
    const acceptor = await adapters.acceptor.open(place);
    const { promised } = await acceptor.read(SHARD);
    for (let counter = (promised?.counter ?? 0) + 1; ; counter++) {
      if (!(await acceptor.prepare(SHARD, ballotOf(counter))).ok) throw new Error("the ballot was refused");
      acknowledged(`${counter} prepared`);
      if (counter % 3 === 0) continue;
      if (!(await acceptor.accept(SHARD, ballotOf(counter), sampleRecord(counter))).ok)
        throw new Error("the value was refused");
      acknowledged(`${counter} accepted`);
    }
  },
  /** `number` of the entry that was put last, when the one before it was removed */
  async outbox(adapters, place, acknowledged) {
    const outbox = await adapters.outbox.open(place);
    const known = await outbox.entries();
    // A kill may have come between a put and its removal.
    await outbox.remove(known.slice(0, -1).map(({ envelope }) => envelope.commandId));
    for (let number = (known.at(-1)?.queuedAt ?? 1000) - 1000 + 1; ; number++) {
      await outbox.put([sampleEntry(number)]);
      await outbox.remove([sampleEntry(number - 1).envelope.commandId]);
      acknowledged(`${number}`);
    }
  },
} as const satisfies Record<string, Writer>;

export type WriterName = keyof typeof WRITERS;
