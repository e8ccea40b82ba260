import { expect } from "chai";
import { describe, it } from "mocha";
import { restoreEngine } from "#services/matching/engine/engine.ts";
import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import { COMMAND_KINDS } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { decodeOutcome, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import { fold, readGolden } from "#test/golden/golden-file.ts";

describe("what version 1 wrote", () => {
  const golden = readGolden();
  const commandBytes = golden.commands.map(({ bytes }) => bytes);

  it("holds every kind of command and of event", () => {
    const commands = new Set(golden.commands.map(({ value }) => value?.command.kind));
    expect([...commands]).to.have.members([...COMMAND_KINDS, undefined]);
    const events = new Set(golden.outcomes.flatMap(({ value }) => value.events.map(({ kind }) => kind)));
    expect([...events].sort()).to.deep.equal([
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
    ]);
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

  it("still folds to the same events and the same digest", () => {
    const { outcomes, snapshot, digest } = fold(commandBytes);
    expect(outcomes).to.deep.equal(golden.outcomes);
    expect(snapshot).to.equal(golden.snapshot);
    expect(digest).to.equal(golden.digest);
  });

  it("is still restored from its snapshot to the same digest", () => {
    expect(restoreEngine(Buffer.from(golden.snapshot, "hex")).digest()).to.equal(golden.digest);
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
