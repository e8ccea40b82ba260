import { expect } from "chai";
import { describe, it } from "mocha";
import { hexByte, hexWord } from "#shared/domain/encoding/hex-word.ts";

const DIGITS = "0123456789abcdef";
const codes = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));

describe("numbers from hexadecimal digits", () => {
  it("are what their digits are, in whichever place a digit stands", () => {
    for (const digit of DIGITS)
      for (let at = 0; at < 8; at++) {
        const text = `9f04e7a1`.slice(0, at) + digit + `9f04e7a1`.slice(at + 1);
        expect(hexWord(`-${text}`, 1)).to.equal(Number.parseInt(text, 16));
        expect(hexByte(text, 6)).to.equal(Number.parseInt(text.slice(6), 16));
      }
    expect(hexWord("ffffffff", 0)).to.equal(0xffffffff);
  });

  it("are none where any other character stands among them, or too few stand there", () => {
    const wrong = codes.filter((one) => !DIGITS.includes(one));
    expect(wrong).to.have.length(0x10000 - 16);
    const taken = wrong.filter((one) => hexWord(`9f04${one}7a1`, 0) >= 0 || hexByte(`${one}0`, 0) >= 0);
    expect(taken).to.deep.equal([]);
    expect(wrong.filter((one) => hexByte(`0${one}`, 0) >= 0)).to.deep.equal([]);
    expect([hexWord("9f04e7a", 0), hexWord("", 0), hexByte("9", 0), hexByte("", 0)]).to.deep.equal([
      -1, -1, -1, -1,
    ]);
  });
});
