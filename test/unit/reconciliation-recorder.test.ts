import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ReconciliationRecorder } from "#services/reconciliation/record-reconciliations.ts";
import type { CanonicalTrade } from "#services/reconciliation/verdicts.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { openSqliteReconciliationStore } from "#shared/adapters/embedded/sqlite-reconciliation-store.ts";
import type { Event, Outcome } from "#shared/domain/event.ts";
import type { AccountId, BranchId, CommandId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { eventually } from "#test/support/eventually.ts";
import { manualClock } from "#test/support/manual-clock.ts";
import { reconciliationOf } from "#test/support/reconciliation-of.ts";

const SHARD = "shard-1" as ShardId;
const FORK = "ap-northeast-1.9" as BranchId;
const [FIRST, SECOND] = ["us-east-1.1", "eu-west-1.2"] as [BranchId, BranchId];
const ID = `${SHARD}:${FORK}`;
const LOOKS = 20;
const FILLS = reconciliationOf(11 as AccountId, 12 as AccountId).fills.map(
  ({ confirmed: _, conflicted: __, ...fill }) => fill,
);
const [FILL] = FILLS;
assert(FILL !== undefined, "a fill of the fork");

describe("the recorder of reconciliations", function () {
  this.timeout(20_000);
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(() => stage.close());

  it("writes down that a replay has begun, how it ended, and only once that is final that it is reconciled", async () => {
    stage.start();
    await stage.tape(at(1), replayed(2));
    await stage.until(() => stage.told.length === 1);
    expect(await stage.store.get(ID)).to.deep.include({ state: "replaying", fills: [], endedSeq: 2 });
    await stage.tape(done(3));
    await stage.until(async () => (await stage.store.get(ID))?.fills.length === 1);
    await stage.looks();
    expect(await stage.store.get(ID)).to.deep.include({ state: "replaying", endedSeq: 3 });
    expect(stage.told).to.deep.equal([`replaying 2 ${FIRST}`]);
    stage.finalSeq = 3;
    await stage.until(() => stage.told.length === 2);
    expect(stage.told.at(-1)).to.equal(`reconciled 3 ${FIRST}`);
    expect(await stage.store.get(ID)).to.deep.include({ state: "reconciled", epoch: 1, fork: FORK });
  });

  it("asks the tables only once they hold the tape to the end of the replay, and again when that is final", async () => {
    stage.start();
    stage.pastThrough = 2;
    await stage.tape(at(1), replayed(2), done(3));
    await stage.until(() => stage.told.length === 1);
    await stage.looks();
    expect(stage.asked).to.deep.equal([]);
    stage.pastThrough = 3;
    await stage.until(() => stage.asked.length === 1);
    // Meanwhile the tables went back, and know now of what the lineage also traded.
    stage.trades = [{ ...FILL, quantity: 4 }];
    stage.finalSeq = 3;
    await stage.until(() => stage.told.length === 2);
    expect(stage.asked).to.deep.equal([3, 3]);
    const [fill] = (await stage.store.get(ID))?.fills ?? [];
    expect(fill).to.include({ confirmed: 4, conflicted: 6 });
  });

  it("reads a replay anew that the tape takes back in the middle", async () => {
    stage.start();
    await stage.tape(at(1), replayed(2), replayed(3));
    await stage.until(() => stage.told.length === 1);
    await stage.journal.rewind(2);
    await stage.tape(on(SECOND, replayed(3)), on(SECOND, done(4)));
    stage.finalSeq = 4;
    await stage.until(() => stage.told.at(-1) === `reconciled 4 ${SECOND}`);
    const { commands, fills } = (await stage.store.get(ID)) as Reconciliation;
    expect(commands.map(({ seq }) => seq)).to.deep.equal([2, 3]);
    expect(fills).to.have.length(2);
  });

  it("gives up an end that the tape takes back before it is final, however far tape and tables go on", async () => {
    stage.start();
    stage.pastThrough = 2;
    await stage.tape(at(1), replayed(2), done(3));
    await stage.until(() => stage.told.length === 1);
    await stage.journal.rewind(1);
    await stage.tape(on(SECOND, at(2)), on(SECOND, replayed(3)), on(SECOND, done(4)));
    stage.pastThrough = 4;
    await stage.until(() => stage.told.length === 2);
    stage.finalSeq = 4;
    await stage.until(() => stage.told.length === 3);
    expect(stage.told).to.deep.equal([
      `replaying 2 ${FIRST}`,
      `replaying 3 ${SECOND}`,
      `reconciled 4 ${SECOND}`,
    ]);
    expect(stage.puts.filter((put) => put.includes(`3 ${FIRST}`))).to.deep.equal([]);
    expect(await stage.store.get(ID)).to.deep.include({ startedSeq: 3, endedSeq: 4, epoch: 2 });
  });

  it("gives up an end that is taken back while its finality is waited for", async () => {
    stage.start();
    await stage.tape(at(1), replayed(2), done(3));
    await stage.until(async () => (await stage.store.get(ID))?.endedSeq === 3);
    await stage.journal.rewind(1);
    await stage.tape(on(SECOND, replayed(2)), on(SECOND, done(3)));
    // By the number alone both ends are final now.
    stage.finalSeq = 3;
    await stage.until(() => stage.told.some((told) => told.startsWith("reconciled")));
    expect(stage.told.filter((told) => told.startsWith("reconciled"))).to.deep.equal([
      `reconciled 3 ${SECOND}`,
    ]);
  });

  it("goes on after a restart in the middle as if there had been none", async () => {
    stage.start();
    await stage.tape(at(1), replayed(2), replayed(3));
    await stage.until(() => stage.told.length === 1);
    stage.restart();
    await stage.tape(done(4));
    stage.finalSeq = 4;
    await stage.until(() => stage.told.at(-1) === `reconciled 4 ${FIRST}`);
    expect((await stage.store.get(ID))?.commands.map(({ seq }) => seq)).to.deep.equal([2, 3]);
  });

  it("takes nothing back after a restart behind the end, and tells the end again", async () => {
    stage.start();
    await stage.tape(at(1), replayed(2), done(3));
    stage.finalSeq = 3;
    await stage.until(() => stage.told.length === 2);
    const whole = await stage.store.get(ID);
    stage.restart();
    await stage.until(() => stage.told.length === 3);
    expect(stage.told.at(-1)).to.equal(stage.told.at(-2));
    expect(stage.puts.at(-1)).to.equal(stage.puts.at(-2));
    expect(await stage.store.get(ID)).to.deep.equal(whole);
  });

  it("remembers now and then how far it has come, but never in the middle of a replay", async () => {
    stage.start();
    const before = Array.from({ length: 9_999 }, (_, index) => at(index + 1));
    await stage.tape(...before, replayed(10_000), at(10_001));
    await stage.until(() => stage.told.length === 1);
    await stage.looks();
    expect(stage.store.recordedThrough(SHARD)).to.equal(0);
    await stage.tape(done(10_002));
    stage.finalSeq = 10_002;
    await stage.until(() => stage.store.recordedThrough(SHARD) === 10_002);
    stage.restart();
    await stage.tape(at(10_003));
    await stage.looks();
    expect(stage.told).to.have.length(2);
  });
});

/** A recorder over a real journal and a real store; finality, the tables and time are what the test says. */
class Stage {
  readonly journal = openSqliteJournal({ file: ":memory:" });
  readonly clock = manualClock();
  readonly told: string[] = [];
  readonly puts: string[] = [];
  /** Up to which seq the tables were asked. */
  readonly asked: number[] = [];
  readonly store: ReconciliationStore;
  finalSeq = 0;
  pastThrough = Number.POSITIVE_INFINITY;
  trades: readonly CanonicalTrade[] = [];
  readonly #failures: unknown[] = [];
  #recorder: ReconciliationRecorder | undefined;

  constructor() {
    const store = openSqliteReconciliationStore({ file: ":memory:" });
    const put = (reconciliation: Reconciliation) => {
      this.puts.push(lineOf(reconciliation));
      return store.put(reconciliation);
    };
    this.store = { ...store, put };
  }

  start(): void {
    this.#recorder = new ReconciliationRecorder({
      shard: SHARD,
      journal: this.journal,
      store: this.store,
      past: {
        standingIdOf: async () => undefined,
        outcomeAt: async (seq) => (await this.journal.read(seq - 1, 1))[0],
        tradesOf: async (_takers, through) => {
          this.asked.push(through);
          return this.trades;
        },
      },
      pastThrough: () => this.pastThrough,
      isFinal: (_branch, seq) => seq <= this.finalSeq,
      clock: this.clock,
      epochOf: (branch) => (branch === FIRST ? 1 : 2),
      onChange: (reconciliation) => this.told.push(lineOf(reconciliation)),
      onFailure: (error) => this.#failures.push(error),
    });
    this.#recorder.start();
  }

  restart(): void {
    this.#recorder?.stop();
    this.start();
  }

  tape(...outcomes: readonly Outcome[]): Promise<void> {
    return this.journal.append(outcomes);
  }

  /** Lets time go on until a condition holds. */
  until(condition: () => boolean | Promise<boolean>): Promise<void> {
    return eventually(() => {
      expect(this.#failures).to.deep.equal([]);
      this.clock.advance(100);
      return condition();
    });
  }

  /** Lets the recorder look so often that it would have done what it may not do. */
  async looks(): Promise<void> {
    let looks = 0;
    await this.until(() => ++looks > LOOKS);
  }

  async close(): Promise<void> {
    this.#recorder?.stop();
    expect(this.#failures).to.deep.equal([]);
    await this.store.close();
    await this.journal.close();
  }
}

function lineOf({ state, endedSeq, branch }: Reconciliation): string {
  return `${state} ${endedSeq} ${branch}`;
}

/** An outcome in which nothing of forks happens. */
function at(seq: number, ...events: readonly Event[]): Outcome {
  return { shard: SHARD, branch: FIRST, seq: seq as Seq, time: 1000 + seq, commandId: "", events };
}

function on(branch: BranchId, outcome: Outcome): Outcome {
  return { ...outcome, branch };
}

/** A command of the fork that had traded there. */
function replayed(seq: number): Outcome {
  return at(seq, {
    ...{ kind: "ForkCommandReplayed", fork: FORK, n: seq, commandId: "0".repeat(32) as CommandId },
    ...{
      command: "PlaceOrder",
      account: 11 as AccountId,
      orderId: FILLS[0]?.takerOrderId ?? 0,
      result: "replayed",
    },
    ...{ firstSeq: 0 as Seq, fills: FILLS },
  });
}

/** The end of the fork's replay. */
function done(seq: number): Outcome {
  return at(seq, { kind: "ForkReplayDone", fork: FORK, n: seq, balances: [], last: true });
}
