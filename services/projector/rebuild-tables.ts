import type { BranchId, MarketId, Seq, ShardId } from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { RewritableProjections, ToldOnce } from "#shared/ports/projections.ts";
import { isInHistory } from "#shared/read-model/history.ts";
import { mergedRows } from "#shared/read-model/merged-rows.ts";
import { preventedMatchRow, tradeRow } from "#shared/read-model/order-rows.ts";
import { ProjectionFolders } from "./projection-folders.ts";
import { SettledRows } from "./settled-rows.ts";
import type { ShardTurns } from "./shard-turns.ts";

/** A shard's journal and tables as they stand now: opened anew for each turn. */
export interface RebuildSources {
  readonly journal: Journal;
  readonly projections: RewritableProjections;
}

export interface RebuildDependencies {
  readonly shard: ShardId;
  /** Whose rows are removed that the journal does not tell of. */
  readonly markets: readonly MarketId[];
  readonly turns: ShardTurns;
  readonly open: () => Promise<RebuildSources>;
  readonly clock: Clock;
}

export interface RebuiltTables {
  /** Where the tables stood when they were whole. */
  readonly seq: number;
  /** Rows that the journal does not tell of. */
  readonly removed: number;
}

const READ_MAX = 500;
/** So much in one turn: the functions that write the tables wait meanwhile, a second at most. */
const READS_A_TURN = 4;
const BETWEEN_TURNS_MS = 250;
/** The tape goes back seldom; where it does each time, somebody has to look. */
const TRIES_MAX = 3;

/**
 * Writes every row of a shard's tables anew from the journal's beginning, where it is, while functions go on writing and clients reading; then removes what the journal does not tell of. Rows go from what
 * they were to what they must be in one step each. `undefined` where the journal does not reach back to the beginning, or the tape went back again and again meanwhile: the tables are what they were then, or right.
 */
export async function rebuildTables(dependencies: RebuildDependencies): Promise<RebuiltTables | undefined> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const rewritten = await new Rewrite(dependencies).run();
    if (rewritten === undefined) continue;
    const { mark, seq } = rewritten;
    const { journal, projections } = await dependencies.open();
    const toldAt = async (at: number) => toldOnceBy(journal, at);
    try {
      return { seq, removed: await projections.removeOlder(mark, dependencies.markets, toldAt) };
    } finally {
      await closeAll({ journal, projections });
    }
  }
  return undefined;
}

/** One pass over the journal, a turn at a time. */
class Rewrite {
  readonly #dependencies: RebuildDependencies;
  readonly #settled = new SettledRows();
  #folders: ProjectionFolders | undefined;
  #place: { readonly branch: BranchId; readonly seq: Seq } = { branch: ROOT_BRANCH, seq: 0 as Seq };
  #mark: number | undefined;

  constructor(dependencies: RebuildDependencies) {
    this.#dependencies = dependencies;
  }

  /** `undefined` where the journal does not reach back, or the tape went back meanwhile. */
  async run(): Promise<{ readonly mark: number; readonly seq: number } | undefined> {
    const { shard, turns, clock } = this.#dependencies;
    for (;;) {
      const turn: { state: "on" | "done" | "lost" } = { state: "lost" };
      await turns.inTurn(shard, async (goesOn) => {
        turn.state = await this.#turn(goesOn);
      });
      if (turn.state === "lost" || this.#mark === undefined) return undefined;
      if (turn.state === "done") return { mark: this.#mark, seq: this.#place.seq };
      await new Promise<void>((resolve) => void clock.schedule(BETWEEN_TURNS_MS, resolve));
    }
  }

  async #turn(goesOn: () => Promise<void>): Promise<"on" | "done" | "lost"> {
    const { shard, open } = this.#dependencies;
    const sources = await open();
    const { journal, projections } = sources;
    try {
      // What was begun is finished first: of rows that are written later all bear the new mark.
      const stand = await projections.rewind(shard, journal.branches());
      if (journal.firstSeq() > 1) return "lost";
      this.#mark ??= await projections.beginRewrite(shard);
      const isOn = projections.mark(shard) === this.#mark && isInHistory(journal.branches(), this.#place);
      if (!isOn) return "lost";
      for (let reads = 0; reads < READS_A_TURN; reads++)
        if (await this.#step(sources, stand, goesOn)) return "done";
      return "on";
    } finally {
      await closeAll(sources);
    }
  }

  /** True once everything up to the stand is written. */
  async #step(
    { journal, projections }: RebuildSources,
    stand: number,
    goesOn: () => Promise<void>,
  ): Promise<boolean> {
    const left = stand - this.#place.seq;
    const outcomes = left <= 0 ? [] : await journal.read(this.#place.seq, Math.min(READ_MAX, left));
    const last = outcomes.at(-1);
    await goesOn();
    if (last === undefined) {
      await projections.rewrite(this.#settled.rest({ shard: this.#dependencies.shard, ...this.#place }));
      return true;
    }
    this.#folders ??= await ProjectionFolders.from(undefined, projections);
    await projections.rewrite(this.#settled.take(this.#folders.fold(outcomes, 0)));
    this.#place = { branch: last.branch, seq: last.seq };
    return false;
  }
}

/** What the outcome of a seq tells of once and for all. */
async function toldOnceBy(journal: Journal, seq: number): Promise<ToldOnce> {
  const [outcome] = await journal.read(seq - 1, 1);
  if (outcome?.seq !== seq) return { trades: [], preventedMatches: [], merged: [] };
  const { events } = outcome;
  return {
    trades: events.flatMap((event) => (event.kind === "Trade" ? [tradeRow(event, outcome)] : [])),
    preventedMatches: events.flatMap((event) =>
      event.kind === "TradePrevented" ? [preventedMatchRow(event, outcome)] : [],
    ),
    merged: mergedRows(outcome),
  };
}

async function closeAll({ journal, projections }: RebuildSources): Promise<void> {
  await journal.close();
  await projections.close();
}
