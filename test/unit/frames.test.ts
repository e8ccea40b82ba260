import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { FRAME_BYTES_MAX, FrameSplitter, frameOf } from "#shared/adapters/embedded/frames/frame-splitter.ts";
import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { decodeValue, encodeValue } from "#shared/protocol/wire-value.ts";

const leaf = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.string({ unit: "grapheme" }),
  fc.uint8Array({ maxLength: 40 }),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ maxLength: 6 }).filter((name) => name !== "__proto__"),
      tie("value"),
      {
        maxKeys: 5,
        noNullPrototype: true,
      },
    ),
  ),
})).value;

describe("messages between processes", () => {
  it("come out of their bytes as they went in", () => {
    fc.assert(
      fc.property(value, (sent) => {
        expect(decodeValue(encodeValue(sent))).to.deep.equal(sent);
      }),
    );
  });

  it("are refused for any other bytes, by the one error that a connection expects", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.tuple(value, fc.nat(), fc.nat(255)).map(([sent, at, byte]) => {
        const damaged = encodeValue(sent);
        damaged[at % damaged.length] = byte;
        return damaged;
      }),
    );
    fc.assert(
      fc.property(bytes, (damaged) => {
        try {
          decodeValue(damaged);
        } catch (error) {
          expect(error).to.be.instanceOf(DecodingError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("are not nested without end, do not claim more than is there, and change no prototype", () => {
    const deep = new Uint8Array(5000).fill(9).map((byte, at) => (at % 2 === 0 ? byte : 1));
    expect(() => decodeValue(deep)).to.throw(DecodingError, /nested/);
    expect(() => decodeValue(Uint8Array.of(9, 0xff, 0xff, 0xff, 0x7f))).to.throw(DecodingError, /longer/);
    const named = encodeValue({ aaaaaaaaa: {} });
    named.set(new TextEncoder().encode("__proto__"), 3);
    expect(() => decodeValue(named)).to.throw(DecodingError, /name/);
  });

  it("are whole however the bytes were cut on their way", () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1 }), (sent, sizes) => {
        const stream = Buffer.concat(sent.map(frameOf));
        const splitter = new FrameSplitter();
        const arrived: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          arrived.push(...splitter.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(arrived.map((bytes) => [...bytes])).to.deep.equal(sent.map((bytes) => [...bytes]));
      }),
    );
  });

  it("are not taken from other protocols: their first bytes are no length", () => {
    for (const start of ["GET / HTTP/1.1\r\n", "SSH-2.0-x\r\n", "\xff\xff\xff\xff"])
      expect(() => new FrameSplitter().push(Buffer.from(start, "latin1"))).to.throw(DecodingError);
    const header = Buffer.alloc(4);
    header.writeUInt32BE(FRAME_BYTES_MAX + 1);
    expect(() => new FrameSplitter().push(header)).to.throw(DecodingError);
  });
});
