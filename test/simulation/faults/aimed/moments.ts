import type { Outcome } from "#shared/domain/event.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Ballot } from "#shared/ports/acceptor.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { RegisterWatch } from "#test/simulation/audit/register-watch.ts";
import type { TapeListener } from "#test/simulation/simulated-region.ts";

type OnOutcome = (region: RegionId, outcome: Outcome) => void;
type OnAccepted = (region: RegionId, shard: ShardId, ballot: Ballot, value: OwnershipRecord) => void;

/** What an aimed fault lies in wait for: it stands beside those who watch a run, and hears what they hear. Messages are seen at the network. */
export class Moments {
  readonly #onOutcome = new Set<OnOutcome>();
  readonly #onAccepted = new Set<OnAccepted>();

  /** A Region publishes an outcome. */
  onOutcome(listener: OnOutcome): Subscription {
    this.#onOutcome.add(listener);
    return { cancel: () => this.#onOutcome.delete(listener) };
  }

  /** An acceptor of the register holds a value durably. */
  onAccepted(listener: OnAccepted): Subscription {
    this.#onAccepted.add(listener);
    return { cancel: () => this.#onAccepted.delete(listener) };
  }

  /** A listener that is heard here too. */
  besideTape(listener: TapeListener): TapeListener {
    return {
      outcome: (region, outcome) => {
        listener.outcome(region, outcome);
        for (const each of [...this.#onOutcome]) each(region, outcome);
      },
      rewound: (region, shard, toSeq) => listener.rewound(region, shard, toSeq),
      final: (region, shard, watermark) => listener.final(region, shard, watermark),
      began: (region, shard, seq) => listener.began(region, shard, seq),
    };
  }

  /** A watch of the register that is heard here too. */
  besideRegister(watch: RegisterWatch): Pick<RegisterWatch, "accepted"> {
    return {
      accepted: (region, shard, ballot, value) => {
        watch.accepted(region, shard, ballot, value);
        for (const each of [...this.#onAccepted]) each(region, shard, ballot, value);
      },
    };
  }
}
