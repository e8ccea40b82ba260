import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type DecimalResult, formatDecimal, parseDecimal } from "#shared/domain/decimal.ts";

const MAX = Number.MAX_SAFE_INTEGER;
const units = (value: number): DecimalResult => ({ ok: true, units: value });
const bad = (error: "malformed" | "too-precise" | "too-large"): DecimalResult => ({ ok: false, error });

describe("decimals", () => {
  for (const [text, scale, result] of [
    ["0", 0, units(0)],
    ["0.5", 3, units(500)],
    ["1.", 2, units(100)],
    ["007.10", 1, units(71)],
    ["1.2500000", 2, units(125)],
    ["90071992.54740991", 8, units(MAX)],
    ["1.251", 2, bad("too-precise")],
    ["1.0000001", 0, bad("too-precise")],
    ["90071992.54740992", 8, bad("too-large")],
    ["99999999999999999999", 0, bad("too-large")],
    ["", 2, bad("malformed")],
    [".5", 2, bad("malformed")],
    ["-1", 2, bad("malformed")],
    ["+1", 2, bad("malformed")],
    ["1e3", 2, bad("malformed")],
    ["1,5", 2, bad("malformed")],
    [" 1", 2, bad("malformed")],
    ["1\n", 2, bad("malformed")],
    ["0x10", 2, bad("malformed")],
    ["NaN", 2, bad("malformed")],
    ["Infinity", 2, bad("malformed")],
    ["١", 2, bad("malformed")],
    ["1".repeat(21), 2, bad("malformed")],
    [`1.${"0".repeat(21)}`, 2, bad("malformed")],
  ] as const) {
    it(`reads ${JSON.stringify(text)} at scale ${scale} as ${result.ok ? result.units : result.error}`, () => {
      expect(parseDecimal(text, scale)).to.deep.equal(result);
    });
  }

  it("come back from text as they were written, for any integer, scale and number of digits", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(15), fc.nat(5), (value, scale, more) => {
        const text = formatDecimal(value, scale, scale + more);
        expect(parseDecimal(text, scale)).to.deep.equal(units(value));
        expect(text.split(".")[1]?.length ?? 0).to.equal(scale + more);
      }),
    );
  });

  it("are what arithmetic on BigInt says, for any text of digits", () => {
    const digits = fc.stringMatching(/^\d{1,20}$/);
    const fraction = fc.stringMatching(/^\d{0,20}$/);
    fc.assert(
      fc.property(digits, fraction, fc.nat(15), (whole, part, scale) => {
        // In units of 10^-20, which every such text can express.
        const fine = BigInt(whole) * 10n ** 20n + BigInt(part.padEnd(20, "0"));
        const step = 10n ** BigInt(20 - scale);
        const result = parseDecimal(part === "" ? whole : `${whole}.${part}`, scale);
        if (fine % step !== 0n) expect(result).to.deep.equal(bad("too-precise"));
        else if (fine / step > BigInt(MAX)) expect(result).to.deep.equal(bad("too-large"));
        else expect(result).to.deep.equal(units(Number(fine / step)));
      }),
    );
  });

  it("never throw, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(15), (text, scale) => {
        expect(parseDecimal(text, scale)).to.have.property("ok");
      }),
    );
  });

  it("are written with a sign, with leading zeros, and with no fewer digits than their scale", () => {
    expect(formatDecimal(125, 2, 8)).to.equal("1.25000000");
    expect(formatDecimal(5, 3)).to.equal("0.005");
    expect(formatDecimal(-5, 3)).to.equal("-0.005");
    expect(formatDecimal(7, 0)).to.equal("7");
    expect(formatDecimal(123_456, 6, 2)).to.equal("0.123456");
    expect(formatDecimal(MAX, 8)).to.equal("90071992.54740991");
  });
});
