import { expect } from "chai";
import { describe, it } from "mocha";
import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import { createEngine, restoreEngine } from "#services/matching/engine/engine.ts";
import { ShardFold } from "#services/matching/shard-fold.ts";
import type { TapeRecord } from "#services/replication/tape.ts";
import { COMMAND_KINDS } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { decodeOutcome, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import { decodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { CommandId, Seq } from "#shared/domain/ids.ts";
import { GOLDEN_BRANCH, GOLDEN_SHARD } from "#test/golden/golden-commands.ts";
import { fold, type GoldenVersion, readGolden } from "#test/golden/golden-file.ts";

const EVENTS_OF_1 = [
  "AssetDefined",
  "AuctionUncrossed",
  "BalanceChanged",
  "CommandRejected",
  "CommandRepeated",
  "Deposited",
  "LevelChanged",
  "MarketDefined",
  "MarketStateChanged",
  "Misdirected",
  "OrderAccepted",
  "OrderActivated",
  "OrderAmended",
  "OrderCanceled",
  "OrderExpired",
  "OrderListAccepted",
  "OrderListDone",
  "OrderTriggered",
  "Trade",
  "TradePrevented",
  "Undecodable",
  "Withdrawn",
];
const EVENTS_OF_2 = [
  "BranchBegan",
  "BranchEnded",
  "ForkCommandIgnored",
  "ForkCommandReplayed",
  "ForkReplayDone",
  "OrdersMerged",
  "TransferEnded",
  "TransferredIn",
  "TransferredOut",
];
const KINDS: Readonly<Record<GoldenVersion, { commands: readonly string[]; events: readonly string[] }>> = {
  1: { commands: COMMAND_KINDS.slice(0, COMMAND_KINDS.indexOf("BranchStarted")), events: EVENTS_OF_1 },
  2: { commands: COMMAND_KINDS, events: [...EVENTS_OF_1, ...EVENTS_OF_2] },
  3: { commands: COMMAND_KINDS, events: [...EVENTS_OF_1, ...EVENTS_OF_2] },
};

for (const version of [1, 2, 3] as const) {
  describe(`what version ${version} wrote`, () => {
    const golden = readGolden(version);
    const commandBytes = golden.commands.map(({ bytes }) => bytes);

    it("holds every kind of command and of event", () => {
      const commands = new Set(golden.commands.map(({ value }) => value?.command.kind));
      expect([...commands]).to.have.members([...KINDS[version].commands, undefined]);
      const events = new Set(golden.outcomes.flatMap(({ value }) => value.events.map(({ kind }) => kind)));
      expect([...events]).to.have.members([...KINDS[version].events]);
    });

    it("is still read as the same commands, and written as the same bytes", () => {
      for (const { bytes, value } of golden.commands) {
        expect(decodeOrNull(Buffer.from(bytes, "hex"))).to.deep.equal(value);
        if (value !== null) expect(hex(encodeCommand(value))).to.equal(bytes);
      }
    });

    it("is still read as the same outcomes, and written as the same bytes", () => {
      for (const { bytes, value } of golden.outcomes) {
        expect(decodeOutcome(Buffer.from(bytes, "hex"))).to.deep.equal(value);
        expect(hex(encodeOutcome(value))).to.equal(bytes);
      }
    });

    it("still folds to the same events, the same state and the same digest", () => {
      const { outcomes, snapshot, digest } = fold(commandBytes);
      // What a version could not tell may be told today beside it.
      const told = outcomes.map(({ value }) => ({
        ...value,
        events: value.events.filter(({ kind }) => KINDS[version].events.includes(kind)),
      }));
      expect(told).to.deep.equal(golden.outcomes.map(({ value }) => value));
      expect(stateIn(snapshot)).to.deep.equal(stateIn(golden.snapshot));
      expect(digest).to.equal(golden.digest);
    });

    it("is folded to the same bytes by whoever only sends the outcomes on", () => {
      const [read, sent] = [foldAtStart(), foldAtStart()];
      for (const [at, bytes] of commandBytes.entries()) {
        const record = recordOf(at + 1, bytes);
        const outcome = read.take(record);
        expect(hex(sent.takeEncoded(record))).to.equal(hex(encodeOutcome(outcome)));
      }
      expect(sent.place).to.deep.equal(read.place);
      expect(sent.engine.digest()).to.equal(read.engine.digest());
    });

    it("is still restored from its snapshot to the same digest, and goes on from it as from the log", () => {
      const restored = restoreEngine(Buffer.from(golden.snapshot, "hex"));
      expect(restored.digest()).to.equal(golden.digest);
      expect(hex(restored.snapshot())).to.equal(fold(commandBytes).snapshot);
    });
  });
}

describe("what version 3 wrote", () => {
  it("has the snapshot's bytes too", () => {
    const golden = readGolden(3);
    expect(fold(golden.commands.map(({ bytes }) => bytes)).snapshot).to.equal(golden.snapshot);
  });
});

describe("a command of which nothing comes, behind bytes that are none", () => {
  it("keeps its id", () => {
    const commandId = "ab".repeat(16) as CommandId;
    const command = { kind: "Tick", time: 5 } as const;
    const tick = hex(encodeCommand({ commandId, branch: GOLDEN_BRANCH, validUntil: 0, command }));
    const [read, sent] = [foldAtStart(), foldAtStart()];
    const records = [recordOf(1, "00"), recordOf(2, tick)];
    const outcomes = records.map((record) => read.take(record));
    expect(outcomes.map((outcome) => outcome.commandId)).to.deep.equal(["", commandId]);
    expect(outcomes[1]?.events).to.deep.equal([]);
    expect(records.map((record) => decodeOutcome(sent.takeEncoded(record)))).to.deep.equal(outcomes);
  });
});

/** A fold of the golden shard before its first command. */
function foldAtStart(): ShardFold {
  const bytes = createEngine(GOLDEN_SHARD, GOLDEN_BRANCH).snapshot();
  const place = { branch: GOLDEN_BRANCH, seq: 0 as Seq, position: 0 };
  return ShardFold.restore({ shard: GOLDEN_SHARD, ...place, digest: "", bytes });
}

function recordOf(seq: number, bytes: string): TapeRecord {
  return { branch: GOLDEN_BRANCH, seq: seq as Seq, position: seq, bytes: Buffer.from(bytes, "hex") };
}

function stateIn(snapshot: string) {
  return decodeState(Buffer.from(snapshot, "hex"));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
