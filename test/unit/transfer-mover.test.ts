import { expect } from "chai";
import { beforeEach, describe, it } from "mocha";
import { type MoverShard, TransferMover } from "#services/funding/mover.ts";
import { creditIdOf, settlementIdOf } from "#services/funding/transfer-ids.ts";
import { createRegionView } from "#services/gateway/views/create-region-view.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import type { Command } from "#shared/domain/command.ts";
import type { AccountId, AssetId, CommandId, ShardId } from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import { type ManualClock, manualClock } from "#test/support/manual-clock.ts";

const ALICE = 1 as AccountId;
const USDT = "USDT" as AssetId;
const TRANSFER = "0".repeat(32) as CommandId;

/** A shard as the mover sees it: the real engine and view; what lies between (log, link) is a call that a test may lose. */
class TestShard implements MoverShard {
  readonly shard: ShardId;
  readonly engine;
  readonly view;
  finalUpTo = 0;
  owned = true;
  /** Appends that are lost on the way. */
  losing = false;
  readonly appended: Command["kind"][] = [];
  readonly #listeners = new Set<() => void>();

  constructor(name: string) {
    this.shard = name as ShardId;
    this.engine = createEngine(this.shard, ROOT_BRANCH);
    this.view = createRegionView({ state: this.engine.state(), trades: new Map(), candles: new Map() });
  }

  apply(commandId: CommandId, command: Command): void {
    const events = this.engine.apply({ commandId, branch: ROOT_BRANCH, validUntil: 0, command });
    const { seq, time } = this.engine;
    this.view.apply({ shard: this.shard, branch: ROOT_BRANCH, seq, time, commandId, events });
    for (const listener of this.#listeners) listener();
  }

  becomesFinal(): void {
    this.finalUpTo = this.engine.seq;
    for (const listener of this.#listeners) listener();
  }

  free(): number {
    return this.view.balance(ALICE, USDT).free;
  }

  isOwned = () => this.owned;
  transfersInFlight = () => this.view.transfersInFlight();
  creditedAt = (transferId: CommandId) => this.view.creditedAt(transferId);
  asset = (id: string) => this.view.asset(id);
  finalSeq = () => this.finalUpTo;
  append = async (commandId: CommandId, command: Command) => {
    this.appended.push(command.kind);
    if (!this.losing) this.apply(commandId, command);
  };
  onTransfer = (listener: () => void) => this.#listen(listener);
  onFinal = (listener: () => void) => this.#listen(listener);

  #listen(listener: () => void) {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }
}

describe("the mover of transfers", () => {
  let clock: ManualClock;
  let from: TestShard;
  let to: TestShard;
  const later = () => clock.advance(5000);

  beforeEach(() => {
    clock = manualClock();
    from = new TestShard("crypto-1");
    to = new TestShard("crypto-2");
    from.apply("a".repeat(32) as CommandId, { kind: "DefineAsset", asset: { id: USDT, scale: 6 } });
    from.apply("b".repeat(32) as CommandId, { kind: "Deposit", account: ALICE, asset: USDT, amount: 100 });
    const transfer = { account: ALICE, asset: USDT, amount: 40, toShard: to.shard };
    from.apply(TRANSFER, { kind: "TransferOut", ...transfer });
  });

  it("credits what is final, in an asset that the other shard did not know, and settles when that is final too", () => {
    new TransferMover({ shards: [from, to], clock });
    from.becomesFinal();
    clock.advance(0);
    expect([from.free(), to.free()]).to.deep.equal([60, 40]);
    expect(from.view.transfersInFlight()).to.have.length(1);
    to.becomesFinal();
    clock.advance(0);
    expect(from.view.transfersInFlight()).to.deep.equal([]);
  });

  it("does nothing before what was sent is final", () => {
    new TransferMover({ shards: [from, to], clock });
    later();
    expect(to.appended).to.deep.equal([]);
  });

  it("does not settle before the credit is final", () => {
    new TransferMover({ shards: [from, to], clock });
    from.becomesFinal();
    later();
    expect(to.free()).to.equal(40);
    expect(from.appended).to.deep.equal([]);
  });

  it("leaves it to the Region that owns the shard", () => {
    from.owned = false;
    new TransferMover({ shards: [from, to], clock });
    from.becomesFinal();
    later();
    expect(to.appended).to.deep.equal([]);
  });

  it("takes it up when its Region has come to own the shard, though nothing else happens", () => {
    from.owned = false;
    new TransferMover({ shards: [from, to], clock });
    from.becomesFinal();
    later();
    from.owned = true;
    later();
    to.becomesFinal();
    later();
    expect([from.free(), to.free()]).to.deep.equal([60, 40]);
    expect(from.view.transfersInFlight()).to.deep.equal([]);
  });

  it("credits once, whatever is lost on the way and however many movers there are", () => {
    new TransferMover({ shards: [from, to], clock });
    new TransferMover({ shards: [from, to], clock });
    to.losing = true;
    from.becomesFinal();
    later();
    expect(to.appended.length).to.be.greaterThan(2);
    to.losing = false;
    later();
    from.losing = true;
    to.becomesFinal();
    later();
    from.losing = false;
    later();
    expect([from.free(), to.free()]).to.deep.equal([60, 40]);
    expect(from.view.transfersInFlight()).to.deep.equal([]);
  });

  it("goes on where another left off, from what the folds say alone", () => {
    const first = new TransferMover({ shards: [from, to], clock });
    from.becomesFinal();
    clock.advance(0);
    first.stop();
    to.becomesFinal();
    // A view of the other shard that was built anew, and does not remember the credit.
    const forgetful = new TestShard(to.shard);
    forgetful.creditedAt = (transferId) =>
      forgetful.appended.length > 0 ? to.creditedAt(transferId) : undefined;
    forgetful.append = async (commandId, command) => {
      forgetful.appended.push(command.kind);
      to.apply(commandId, command);
    };
    forgetful.finalUpTo = Number.MAX_SAFE_INTEGER;
    new TransferMover({ shards: [from, forgetful], clock });
    later();
    expect(to.free()).to.equal(40);
    expect(from.view.transfersInFlight()).to.deep.equal([]);
  });

  it("names credit and settlement by the transfer alone", () => {
    expect(creditIdOf(TRANSFER)).to.equal(creditIdOf(TRANSFER)).and.not.equal(settlementIdOf(TRANSFER));
  });
});
