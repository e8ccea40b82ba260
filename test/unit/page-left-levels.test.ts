import { expect } from "chai";
import { describe, it } from "mocha";
import { bookRows, withLeftRows } from "#services/web/src/parts/book/book-rows.ts";
import { leftLevels, leftOn } from "#services/web/src/state/left-levels.ts";
import type { LeftLevel } from "#services/web/src/state/types.ts";
import type { WireLevel } from "#shared/protocol/socket.ts";

const CENT = 1_000_000n;

function levels(...prices: readonly string[]): WireLevel[] {
  return prices.map((price) => [price, "1.0"]);
}

const now = (bids: WireLevel[], asks: WireLevel[], limit = 200) => ({ bids, asks, limit });

describe("what has left the book when it is replaced", () => {
  const before = { bids: levels("100.00", "99.00"), asks: levels("101.00", "102.00") };
  const told = (left: readonly LeftLevel[]) =>
    left.map(({ side, price, round }) => `${side} ${price} ${round}`);

  it("is each level that was there and is not any more, on its side", () => {
    const left = leftLevels([before], [], now(levels("99.00"), levels("102.00", "100.00")), 1);
    expect(left).to.deep.equal([
      { side: "bids", price: "100.00", quantity: "1.0", round: 1 },
      { side: "asks", price: "101.00", quantity: "1.0", round: 1 },
    ]);
  });

  it("is also what the new book loses as it catches up", () => {
    const first = leftLevels([before], [], now(before.bids, levels("102.00")), 1);
    expect(told(first)).to.deep.equal(["asks 101.00 1"]);
    const then = leftLevels([before], first, now(levels("99.00"), levels("102.00")), 2);
    expect(told(then)).to.deep.equal(["asks 101.00 1", "bids 100.00 2"]);
  });

  it("is nothing where only quantities are others, and nothing where no book was replaced", () => {
    const other = now([["100.00", "0.1"], ...levels("99.00")], before.asks);
    expect(leftLevels([before], [], other, 1)).to.deep.equal([]);
    expect(leftLevels([], [], now([], []), 1)).to.deep.equal([]);
  });

  it("is nothing that the new book does not reach, as it is cut at its limit", () => {
    expect(told(leftLevels([before], [], now(levels("100.50"), levels("101.50"), 1), 1))).to.deep.equal([
      "asks 101.00 1",
    ]);
  });

  it("has not left any more once an order is there again", () => {
    const left = leftLevels([before], [], now(levels("99.00"), levels("102.00")), 1);
    const back = leftLevels([before], left, now(before.bids, levels("102.00")), 2);
    expect(told(back)).to.deep.equal(["asks 101.00 1"]);
  });

  it("is told with the quantity that was seen last", () => {
    const later = { bids: [], asks: [["101.00", "0.2"]] as WireLevel[] };
    const [only, ...others] = leftLevels([before, later], [], now(before.bids, levels("102.00")), 1);
    expect(only).to.deep.equal({ side: "asks", price: "101.00", quantity: "0.2", round: 1 });
    expect(others).to.deep.equal([]);
  });
});

describe("the book's lines with what has left it", () => {
  const left = [
    { side: "asks", price: "99.00", quantity: "2", round: 1 },
    { side: "asks", price: "103.00", quantity: "2", round: 1 },
    { side: "asks", price: "101.00", quantity: "3", round: 2 },
    { side: "bids", price: "90.00", quantity: "2", round: 1 },
  ] as const;
  const shown = (step: bigint, limit: number) => {
    const rows = bookRows(levels("100.00", "102.00", "104.00"), step, "asks", limit);
    return withLeftRows(rows, leftOn("asks", left), step, "asks", limit).map(
      ({ price, isLeft }) => `${price / (100n * CENT)}${isLeft ? " left" : ""}`,
    );
  };

  it("stand at their prices, the best first, as many as there is room for", () => {
    expect(shown(CENT, 5)).to.deep.equal(["99 left", "100", "101 left", "102", "103 left"]);
  });

  it("say nothing of a price, gathered by the step, of which a part is still there", () => {
    expect(shown(200n * CENT, 9)).to.deep.equal(["100", "102", "104"]);
  });
});
