import { expect } from "chai";
import { describe, it } from "mocha";
import {
  acceptOf,
  closeFrame,
  type FrameError,
  FrameReader,
  textFrame,
} from "#shared/protocol/web-socket-frames.ts";

const MASK = Buffer.from([1, 2, 3, 4]);

/** A client's frame: masked. */
function masked(first: number, payload: Buffer): Buffer {
  const head = payload.length < 126 ? Buffer.from([first, 0x80 | payload.length]) : Buffer.alloc(4);
  if (payload.length >= 126) {
    head[0] = first;
    head[1] = 0x80 | 126;
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, MASK, payload.map((byte, at) => byte ^ (MASK[at % 4] ?? 0))]);
}

const text = (content: string, first = 0x81) => masked(first, Buffer.from(content));
const readAll = (bytes: Buffer, reader = new FrameReader(1000)) => [...reader.push(bytes)];
const codeOf = (bytes: Buffer) => {
  try {
    readAll(bytes);
  } catch (error) {
    return (error as FrameError).code;
  }
  return undefined;
};

describe("frames of a WebSocket", () => {
  it("accept the key of the protocol's own example", () => {
    expect(acceptOf("dGhlIHNhbXBsZSBub25jZQ==")).to.equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  it("are read however their bytes are cut, a message in parts with a ping between them", () => {
    const long = "ü".repeat(200);
    const bytes = Buffer.concat([
      text("one"),
      text("tw", 0x01),
      masked(0x89, Buffer.from("hi")),
      text("o", 0x80),
      text(long),
      masked(0x88, Buffer.from([0x03, 0xe8])),
    ]);
    for (const size of [1, 7, bytes.length]) {
      const reader = new FrameReader(1000);
      const frames = [];
      for (let at = 0; at < bytes.length; at += size)
        frames.push(...reader.push(bytes.subarray(at, at + size)));
      expect(frames).to.deep.equal([
        { kind: "text", text: "one" },
        { kind: "ping", payload: Buffer.from("hi") },
        { kind: "text", text: "two" },
        { kind: "text", text: long },
        { kind: "close", code: 1000 },
      ]);
    }
  });

  it("are refused with the protocol's codes where they break its rules", () => {
    expect(codeOf(textFrame("not masked"))).to.equal(1002);
    expect(codeOf(text("x", 0xc1)), "an extension").to.equal(1002);
    expect(codeOf(text("x", 0x80)), "nothing to go on with").to.equal(1002);
    expect(codeOf(Buffer.concat([text("x", 0x01), text("y", 0x01)])), "a message in a message").to.equal(
      1002,
    );
    expect(codeOf(masked(0x09, Buffer.from("hi"))), "a ping in parts").to.equal(1002);
    expect(codeOf(masked(0x82, Buffer.from("x"))), "binary").to.equal(1003);
    expect(codeOf(masked(0x81, Buffer.from([0xff]))), "no UTF-8").to.equal(1007);
    expect(codeOf(text("x".repeat(1001))), "too large").to.equal(1009);
    expect(codeOf(Buffer.concat([text("x".repeat(600), 0x01), text("x".repeat(600), 0x80)]))).to.equal(1009);
  });

  it("are whole at any length, and never masked, from here", () => {
    for (const length of [0, 125, 126, 65_535, 65_536]) {
      const frame = textFrame("x".repeat(length));
      expect((frame[1] ?? 0) & 0x80).to.equal(0);
      expect(frame.subarray(frame.length - length).toString()).to.equal("x".repeat(length));
      expect(frame.length - length).to.equal(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    }
    expect([...closeFrame(1001)]).to.deep.equal([0x88, 2, 0x03, 0xe9]);
  });
});
