import { expect } from "chai";
import { describe, it } from "mocha";
import { shortText } from "#shared/domain/encoding/short-text.ts";

const read = (text: string) => {
  const bytes = Buffer.from(`..${text}..`, "latin1");
  return shortText(bytes, 2, text.length);
};

describe("a short text", () => {
  it("is read as what stands in the bytes, the first time and every later one, whatever was read before", () => {
    // Far more than are kept, so that most places have had others.
    const texts = Array.from({ length: 20_000 }, (_, at) => `us-east-1.${at % 7000}`);
    for (const text of texts) expect(read(text)).to.equal(text);
    for (const text of ["", "a", "BTCUSDT", "x".repeat(24)])
      expect([read(text), read(text)]).to.deep.equal([text, text]);
  });

  it("is left to the decoder where it is long, or not of ASCII alone", () => {
    expect(read("x".repeat(25))).to.equal(undefined);
    expect(read("caf\u00e9")).to.equal(undefined);
    expect(read("\u00e9")).to.equal(undefined);
  });
});
