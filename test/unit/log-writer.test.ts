import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { describe, it } from "mocha";
import { decodeAggregate } from "#shared/adapters/aws/kinesis/aggregate.ts";
import { LogWriter } from "#shared/adapters/aws/kinesis/log-writer.ts";
import type { PutResult } from "#shared/adapters/aws/kinesis/put-record.ts";
import type { AppendResult } from "#shared/ports/command-log.ts";
import { manualClock } from "#test/support/manual-clock.ts";

/** A writer whose records a test puts, or loses. */
function world() {
  const clock = manualClock();
  const puts: { readonly commands: string[]; end(result: PutResult): void }[] = [];
  const writer = new LogWriter({
    put: (data) =>
      new Promise((resolve) => {
        const { commands } = decodeAggregate(data);
        puts.push({ commands: commands.map((bytes) => Buffer.from(bytes).toString()), end: resolve });
      }),
    writer: new Uint8Array(16),
    clock,
    lingerMs: 5,
    flushBytes: 1000,
    maxWaiting: 10,
    maxWaitingBytes: 10_000,
  });
  const results = new Map<string, AppendResult>();
  return {
    ...{ clock, puts, writer, results },
    append: (text: string) =>
      void writer.append(Buffer.from(text)).then((result) => results.set(text, result)),
  };
}

const PUT: PutResult = { kind: "put", sequenceNumber: "1", attempts: 1 };

describe("a writer of a log that nobody reads back", () => {
  it("acknowledges commands once their record is put, one record at a time, in the order in which they came", async () => {
    const { clock, puts, results, append } = world();
    append("a");
    append("b");
    clock.advance(5);
    append("c");
    clock.advance(50);
    expect(puts.map(({ commands }) => commands)).to.deep.equal([["a", "b"]]);
    expect(results.size).to.equal(0);
    puts[0]?.end(PUT);
    await nextTurn();
    expect([...results].map(([text, { ok }]) => [text, ok])).to.deep.equal([
      ["a", true],
      ["b", true],
    ]);
    expect(puts[1]?.commands).to.deep.equal(["c"]);
  });

  it("knows nothing of commands whose put may have had its effect, and refuses those behind them", async () => {
    const { clock, puts, results, append } = world();
    append("a");
    clock.advance(5);
    append("b");
    puts[0]?.end({ kind: "unknown", attempts: 3 });
    await nextTurn();
    expect(results.get("a")).to.deep.equal({ ok: false, error: "unknown" });
    expect(results.get("b")).to.deep.equal({ ok: false, error: "overloaded" });
  });

  it("puts what waits before it is closed", async () => {
    const { puts, writer, results, append } = world();
    append("a");
    const closed = writer.close();
    puts[0]?.end(PUT);
    await closed;
    await nextTurn();
    expect(results.get("a")?.ok).to.equal(true);
  });
});
