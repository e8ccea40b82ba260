import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { LeaseRecord, LeaseTable } from "#shared/ports/lease-table.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Random } from "#shared/ports/random.ts";

export interface ShardTurnsDependencies {
  readonly leases: Pick<LeaseTable, "read" | "swap">;
  readonly clock: Clock;
  readonly random: Random;
}

/** Others have had the shard's turn for too long: the batch comes again. */
export class TurnNotTaken extends OperatingError {
  override readonly name = "TurnNotTaken";
}

const LOOK_MS = 100;
/** Who has the turn says so with each step; one that has said nothing for so long is gone. Wrongly judged it costs time: the tables are written under the step before in any case. */
const SILENT_MS = 10_000;
const WAIT_MS = 18_000;

/** Of many functions that would write a shard's tables one does at a time: the others would only undo each other's steps. */
export class ShardTurns {
  readonly #dependencies: ShardTurnsDependencies;

  constructor(dependencies: ShardTurnsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Does work when it is its turn; the work says by `goesOn` that it does. Throws `TurnNotTaken`. */
  async inTurn(shard: ShardId, work: (goesOn: () => Promise<void>) => Promise<void>): Promise<void> {
    const { leases, random } = this.#dependencies;
    const name = `projector/${shard}`;
    const holder = Buffer.from(random.bytes(8)).toString("hex");
    let own = await this.#take(name, holder);
    const change = async (next: LeaseRecord) => {
      if (await leases.swap(name, own, next)) own = next;
    };
    try {
      await work(() => change({ holder, beat: own.beat + 1 }));
    } finally {
      // Whoever took it meanwhile keeps it; and where this fails it ends by silence.
      await change({ holder: "", beat: own.beat + 1 }).catch(() => {});
    }
  }

  async #take(name: string, holder: string): Promise<LeaseRecord> {
    const { leases, clock } = this.#dependencies;
    const began = clock.monotonic();
    let seen: LeaseRecord | undefined;
    let seenAt = began;
    while (clock.monotonic() - began < WAIT_MS) {
      const record = await leases.read(name);
      if (record?.holder !== seen?.holder || record?.beat !== seen?.beat) {
        seen = record;
        seenAt = clock.monotonic();
      }
      const isFree = record === undefined || record.holder === "";
      if (isFree || clock.monotonic() - seenAt > SILENT_MS) {
        const own = { holder, beat: (record?.beat ?? 0) + 1 };
        if (await leases.swap(name, record, own)) return own;
      }
      await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
    }
    throw new TurnNotTaken(`Another function has had ${name} for too long.`);
  }
}
