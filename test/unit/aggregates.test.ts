import { crc32 } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  type Aggregate,
  aggregateBytesMax,
  decodeAggregate,
  encodeAggregate,
  UndecodableAggregate,
  UnsupportedAggregate,
  WRITER_ID_BYTES,
} from "#shared/adapters/aws/kinesis/aggregate.ts";
import { hashKeyOf } from "#shared/adapters/aws/kinesis/hash-key.ts";
import { numbered } from "#shared/adapters/aws/kinesis/numbering.ts";

const aggregates: fc.Arbitrary<Aggregate> = fc.record({
  writer: fc.uint8Array({ minLength: WRITER_ID_BYTES, maxLength: WRITER_ID_BYTES }),
  flush: fc.maxSafeNat(),
  commands: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 }),
});

describe("an aggregate of commands", () => {
  it("has the bytes that docs/protocol/aggregates.md shows", () => {
    const writer = Uint8Array.from({ length: WRITER_ID_BYTES }, (_, at) => at);
    const bytes = encodeAggregate({ writer, flush: 300, commands: [Uint8Array.of(0xaa), new Uint8Array()] });
    expect(Buffer.from(bytes).toString("hex")).to.equal(
      "4d4c4f4701000102030405060708090a0b0c0d0e0fac020201aa008514b244",
    );
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(aggregates, (aggregate) => {
        const bytes = encodeAggregate(aggregate);
        const size = aggregate.commands.reduce((sum, { length }) => sum + length, 0);
        expect(bytes.length).to.be.lessThan(aggregateBytesMax(aggregate.commands.length, size) + 1);
        const decoded = decodeAggregate(bytes);
        expect(decoded.flush).to.equal(aggregate.flush);
        expect([decoded.writer, ...decoded.commands].map(hex)).to.deep.equal(
          [aggregate.writer, ...aggregate.commands].map(hex),
        );
      }),
    );
  });

  it("is refused when a byte has changed, when it is cut and when something follows it", () => {
    fc.assert(
      fc.property(aggregates, fc.nat(), fc.integer({ min: 1, max: 255 }), (aggregate, place, change) => {
        const bytes = encodeAggregate(aggregate);
        const changed = Uint8Array.from(bytes);
        const at = place % bytes.length;
        changed[at] = (changed[at] ?? 0) ^ change;
        for (const bad of [changed, bytes.subarray(0, at), Uint8Array.of(...bytes, change)])
          expect(() => decodeAggregate(bad)).to.throw(UndecodableAggregate);
      }),
    );
  });

  it("never makes the decoder throw anything but its own errors, whatever the bytes are", () => {
    const anything = fc.uint8Array({ maxLength: 200 });
    // Sound to the checksum, so that what is behind it is reached.
    const sealed = anything.map((bytes) => sealedOf(Uint8Array.of(0x4d, 0x4c, 0x4f, 0x47, 1, ...bytes)));
    fc.assert(
      fc.property(fc.oneof(anything, sealed), (bytes) => {
        let decoded: Aggregate;
        try {
          decoded = decodeAggregate(bytes);
        } catch (error) {
          expect(error).to.be.instanceOf(UndecodableAggregate);
          return;
        }
        expect(hex(encodeAggregate(decoded)), "one form only").to.equal(hex(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it("of another version is told apart from damage, but only where its checksum is right", () => {
    const sound = sealedOf(Uint8Array.of(0x4d, 0x4c, 0x4f, 0x47, 9, 1, 2, 3));
    expect(() => decodeAggregate(sound)).to.throw(UnsupportedAggregate, /version 9/);
    const damaged = Uint8Array.from(sound);
    damaged[6] = 0;
    expect(() => decodeAggregate(damaged)).to.throw(UndecodableAggregate);
  });

  it("gives each command a place; bytes that are none take one, as they are", () => {
    const data = encodeAggregate({
      writer: new Uint8Array(WRITER_ID_BYTES),
      flush: 1,
      commands: [Uint8Array.of(1), Uint8Array.of(2)],
    });
    const record = { sequenceNumber: "1", partitionKey: "shard-1", data };
    expect(numbered(record, 7).records.map(({ position }) => position)).to.deep.equal([8, 9]);
    const garbage = { ...record, data: Uint8Array.of(5) };
    expect(numbered(garbage, 7).records).to.deep.equal([{ position: 8, bytes: Uint8Array.of(5) }]);
  });
});

describe("a shard's hash key", () => {
  it("lies in the middle of the range that the stream's shard of that number is created with", () => {
    const all = 2n ** 128n;
    for (const count of [1, 2, 3, 7, 500]) {
      for (let index = 0; index < count; index++) {
        const key = BigInt(hashKeyOf(index, count));
        expect(
          key >= (all * BigInt(index)) / BigInt(count) && key < (all * BigInt(index + 1)) / BigInt(count),
        ).to.equal(true);
      }
    }
  });
});

function sealedOf(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 4);
  bytes.set(content);
  new DataView(bytes.buffer).setUint32(content.length, crc32(content), true);
  return bytes;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
