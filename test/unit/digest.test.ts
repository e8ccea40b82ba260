import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { digestOf } from "#shared/domain/encoding/digest.ts";

describe("the digest of bytes", () => {
  it("is 16 hex digits, and the same for ever", () => {
    expect(digestOf(new Uint8Array())).to.equal("ebb6c2284ebf502d");
    expect(digestOf(Uint8Array.of(0))).to.equal("5fe015eec8dc7e54");
    expect(digestOf(new TextEncoder().encode("Meridian"))).to.equal("3d14ef357fd0e282");
  });

  it("differs when any one bit differs, when a byte is added or two change places", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 200 }), fc.nat(), fc.nat(7), (bytes, at, bit) => {
        const place = at % bytes.length;
        const digest = digestOf(bytes);
        const turned = Uint8Array.from(bytes, (byte, index) => (index === place ? byte ^ (1 << bit) : byte));
        expect(digestOf(turned)).to.not.equal(digest);
        expect(digestOf(Uint8Array.of(...bytes, 0))).to.not.equal(digest);
        expect(digestOf(Uint8Array.of(0, ...bytes))).to.not.equal(digest);
        if (bytes.every((byte) => byte === bytes[0])) return;
        expect(digestOf(Uint8Array.of(...bytes.slice(1), bytes[0] ?? 0))).to.not.equal(digest);
      }),
    );
  });

  it("does not collide among a hundred thousand near neighbours", () => {
    const seen = new Set<string>();
    const bytes = new Uint8Array(40);
    const view = new DataView(bytes.buffer);
    for (let number = 0; number < 100_000; number++) {
      view.setUint32(18, number);
      seen.add(digestOf(bytes));
    }
    expect(seen.size).to.equal(100_000);
  });
});
