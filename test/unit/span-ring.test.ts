import { expect } from "chai";
import { describe, it } from "mocha";
import type { FinishedSpan } from "#shared/telemetry/finished-span.ts";
import { SpanRing } from "#shared/telemetry/span-ring.ts";
import { traceContext } from "#test/support/trace-context.ts";

/** Its spans all stand in one chain, whatever their traces. */
const CAPACITY = 4;
const ONE = traceContext("0af7651916cd43dd8448eb211c80319c");
const OTHER = traceContext("1bf7651916cd43dd8448eb211c80319c");

describe("the newest spans of a process", () => {
  it("are taken out by their trace, the oldest first, also where another trace stands in the same chain", () => {
    const ring = new SpanRing(CAPACITY);
    ring.add(span(ONE, 1));
    ring.add(span(OTHER, 2));
    ring.add(span(ONE, 3));
    expect(endsOf(ring.take(ONE))).to.deep.equal([1, 3]);
    expect(ring.has(ONE)).to.equal(false);
    expect(endsOf(ring.take(OTHER))).to.deep.equal([2]);
  });

  it("are as many as there is room for: what was written over is not found, nor found in its place what came later", () => {
    const ring = new SpanRing(CAPACITY);
    for (const endMs of [1, 2, 3, 4, 5]) ring.add(span(endMs === 1 ? OTHER : ONE, endMs));
    expect(ring.has(OTHER)).to.equal(false);
    expect(endsOf(ring.take(ONE))).to.deep.equal([2, 3, 4, 5]);
  });

  it("tell when that ended which they were written over, and nothing where it had been taken out", () => {
    const ring = new SpanRing(CAPACITY);
    const ends = [1, 2, 3, 4].map((endMs) => ring.add(span(endMs === 2 ? OTHER : ONE, endMs)));
    expect(ends).to.deep.equal(new Array(CAPACITY).fill(Number.NEGATIVE_INFINITY));
    ring.take(OTHER);
    expect([5, 6, 7].map((endMs) => ring.add(span(ONE, endMs)))).to.deep.equal([
      1,
      Number.NEGATIVE_INFINITY,
      3,
    ]);
  });
});

function span(own: FinishedSpan["own"], endMs: number): FinishedSpan {
  const attributes = { "meridian.result": "accepted" };
  return { stage: "page.click", own, parent: undefined, beginMs: 0, endMs, attributes, keep: undefined };
}

function endsOf(spans: readonly FinishedSpan[]): number[] {
  return spans.map(({ endMs }) => endMs);
}
