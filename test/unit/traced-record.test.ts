import { expect } from "chai";
import { describe, it } from "mocha";
import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { ShardFold } from "#services/matching/shard-fold.ts";
import {
  branchOfRecord,
  commandIdOf,
  encodeCommand,
  encodeTracedCommand,
} from "#shared/domain/encoding/command-encoding.ts";
import { commandStart, traceOfRecord } from "#shared/domain/encoding/traced-record.ts";
import type { AccountId, CommandId, MarketId, Seq } from "#shared/domain/ids.ts";
import { formatTraceparent, parseTraceparent, TraceContext } from "#shared/domain/trace-context.ts";
import { GOLDEN_BRANCH, GOLDEN_SHARD } from "#test/golden/golden-commands.ts";
import { fold, readGolden } from "#test/golden/golden-file.ts";
import { traceContext, tracedRecord } from "#test/support/trace-context.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";
const CONTEXT = traceContext(TRACE_ID, SPAN_ID);
const GOLDEN = ([1, 2] as const).flatMap((version) => readGolden(version).commands.map(({ bytes }) => bytes));
const recordOf = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

describe("a record that carries a trace", () => {
  it("is the same command, of the same id and branch, for every command that was ever written", () => {
    for (const hex of GOLDEN) {
      const plain = recordOf(hex);
      const traced = tracedRecord(plain, CONTEXT);
      expect(decodeOrNull(traced)).to.deep.equal(decodeOrNull(plain));
      expect(branchOfRecord(traced)).to.deep.equal(branchOfRecord(plain));
      if (decodeOrNull(plain) !== null) expect(commandIdOf(traced)).to.equal(commandIdOf(plain));
      expect(traceOfRecord(traced)).to.deep.equal(CONTEXT);
      expect(traceOfRecord(plain)).to.equal(undefined);
    }
  });

  it("folds to the same events and the same digest, whichever of the records carry one", () => {
    for (const version of [1, 2] as const) {
      const golden = readGolden(version);
      const expected = fold(golden.commands.map(({ bytes }) => bytes));
      const bytes = createEngine(GOLDEN_SHARD, GOLDEN_BRANCH).snapshot();
      const begin = { branch: GOLDEN_BRANCH, seq: 0 as Seq, position: 0 };
      const folded = ShardFold.restore({ shard: GOLDEN_SHARD, ...begin, digest: "", bytes });
      for (const [at, { bytes }] of golden.commands.entries()) {
        const plain = recordOf(bytes);
        const record =
          at % 3 === 0 ? plain : tracedRecord(plain, traceContext(TRACE_ID, SPAN_ID, at % 2 === 0));
        const seq = (at + 1) as Seq;
        const outcome = folded.take({ branch: GOLDEN_BRANCH, seq, position: seq, bytes: record });
        expect(outcome.events).to.deep.equal(expected.outcomes[at]?.value.events);
        expect(outcome.commandId).to.equal(expected.outcomes[at]?.value.commandId);
      }
      expect(folded.engine.digest()).to.equal(expected.digest);
    }
  });

  it("keeps the flag, and is no trace where the ids are none", () => {
    const plain = recordOf(GOLDEN[0] ?? "");
    expect(traceOfRecord(tracedRecord(plain, traceContext(TRACE_ID, SPAN_ID, false)))?.isSampled).to.equal(
      false,
    );
    const none = { t0: 0, t1: 0, t2: 0, t3: 0 };
    expect(traceOfRecord(tracedRecord(plain, new TraceContext(none, 1, 1, true)))).to.equal(undefined);
    expect(traceOfRecord(tracedRecord(plain, new TraceContext(CONTEXT, 0, 0, true)))).to.equal(undefined);
  });

  it("is what is written where a command is sent, with a trace and without", () => {
    const command = {
      kind: "CancelAllOrders",
      account: 7 as AccountId,
      market: "BTCUSDT" as MarketId,
    } as const;
    const envelope = {
      commandId: "0f".repeat(16) as CommandId,
      branch: GOLDEN_BRANCH,
      validUntil: 9,
      command,
    };
    const plain = encodeCommand(envelope);
    expect(encodeTracedCommand(envelope, undefined)).to.deep.equal(plain);
    expect(encodeTracedCommand(envelope, CONTEXT)).to.deep.equal(tracedRecord(plain, CONTEXT));
  });

  it("is undecodable, as ever, where it ends too early, or carries one within another", () => {
    const cut = tracedRecord(new Uint8Array(0), CONTEXT);
    expect(commandStart(cut)).to.equal(0);
    expect(decodeOrNull(cut)).to.equal(null);
    const plain = recordOf(GOLDEN[0] ?? "");
    expect(decodeOrNull(tracedRecord(tracedRecord(plain, CONTEXT), CONTEXT))).to.equal(null);
  });
});

describe("a traceparent", () => {
  it("is read and written as W3C says", () => {
    const text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    expect(parseTraceparent(text)).to.deep.equal(CONTEXT);
    expect(formatTraceparent(CONTEXT)).to.equal(text);
    expect(parseTraceparent(text.replace(/01$/, "00"))?.isSampled).to.equal(false);
    // A later version may say more.
    expect(parseTraceparent(`${text.replace(/^00/, "01")}-more`)).to.deep.equal(CONTEXT);
  });

  it("is none where it breaks its form", () => {
    for (const text of [
      undefined,
      7,
      "",
      "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
      "00-00000000000000000000000000000000-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
      "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
      "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c8031:c-b7ad6b7169203331-01",
      "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71692033/1-01",
      `01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-${"m".repeat(200)}`,
    ])
      expect(parseTraceparent(text), String(text)).to.equal(undefined);
  });
});
