import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { createEngine, restoreEngine } from "#services/matching/engine/engine.ts";
import { digestOfState } from "#shared/domain/digest/state-digest.ts";
import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { decodeCommand, encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { decodeOutcome, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import { decodeState, encodeState, STATE_VERSION } from "#shared/domain/encoding/state-encoding.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { InvariantViolation } from "#shared/domain/invariant.ts";
import { BRANCH, commandStreams } from "./command-streams.ts";
import { damage, damaged, placeIn } from "./damage.ts";

const SHARD = "shard-1" as ShardId;

/** What a decoder does with bytes that may be anything. */
interface Encoding {
  readonly name: string;
  /** What is written today; the forms of earlier versions are read too. */
  readonly version: number;
  decode(bytes: Uint8Array): unknown;
  encode(value: never): Uint8Array;
  /** Bytes that it wrote, of some of the values that a stream of commands brings about. */
  samples(stream: Parameters<typeof outcomesOf>[0]): Uint8Array[];
}

const ENCODINGS: readonly Encoding[] = [
  {
    name: "a command",
    version: 1,
    decode: decodeCommand,
    encode: encodeCommand,
    samples: (stream) => stream.flatMap((envelope) => (envelope === null ? [] : [encodeCommand(envelope)])),
  },
  {
    name: "an outcome",
    version: 1,
    decode: decodeOutcome,
    encode: encodeOutcome,
    samples: (stream) => outcomesOf(stream).map(encodeOutcome),
  },
  {
    name: "a state",
    version: STATE_VERSION,
    decode: decodeState,
    encode: encodeState,
    samples: (stream) => {
      const engine = createEngine(SHARD, BRANCH);
      for (const envelope of stream) engine.apply(envelope);
      return [engine.snapshot()];
    },
  },
];

for (const { name, version, decode, encode, samples } of ENCODINGS) {
  describe(`the bytes of ${name}`, function () {
    this.timeout(60_000);

    it("are read as what was written, and written again the same", () => {
      fc.assert(
        fc.property(commandStreams(60), (stream) => {
          for (const bytes of samples(stream)) {
            const value = decode(bytes);
            expect(encode(value as never)).to.deep.equal(bytes);
            expect(decode(encode(value as never))).to.deep.equal(value);
          }
        }),
        { numRuns: 60 },
      );
    });

    it("are read the same from the middle of a larger buffer, and nothing beyond their end is looked at", () => {
      fc.assert(
        fc.property(commandStreams(5), fc.nat(2 ** 32 - 1), (stream, at) => {
          for (const bytes of samples(stream).slice(-3)) {
            const buffer = new Uint8Array(bytes.length * 3);
            for (let copy = 0; copy < 3; copy++) buffer.set(bytes, copy * bytes.length);
            expect(decode(buffer.subarray(bytes.length, 2 * bytes.length))).to.deep.equal(decode(bytes));
            // What follows in the buffer would make it whole.
            const short = buffer.subarray(bytes.length, bytes.length + placeIn(bytes.length, at));
            expect(() => decode(short)).to.throw(DecodingError);
          }
        }),
        { numRuns: 60 },
      );
    });

    it("are refused with a DecodingError at every length but their own", () => {
      fc.assert(
        fc.property(commandStreams(3), (stream) => {
          const bytes = samples(stream).at(-1) ?? new Uint8Array();
          const step = Math.ceil(bytes.length / 300);
          for (let length = 0; length < bytes.length; length += step)
            expect(() => decode(bytes.slice(0, length))).to.throw(DecodingError);
          expect(() => decode(Uint8Array.of(...bytes, 0))).to.throw(DecodingError);
        }),
        { numRuns: 10 },
      );
    });

    it("give a DecodingError, or a value that has exactly these bytes, however they were changed", () => {
      let [refused, read] = [0, 0];
      fc.assert(
        fc.property(
          commandStreams(20),
          fc.array(damage, { minLength: 1, maxLength: 4 }),
          (stream, damages) => {
            for (const bytes of samples(stream).slice(-20)) {
              const changed = damages.reduce(damaged, bytes);
              if (isReadOrRefused(changed)) read++;
              else refused++;
            }
          },
        ),
        { numRuns: 150 },
      );
      expect(refused, "some were refused").to.be.greaterThan(0);
      expect(read, "some were other values").to.be.greaterThan(0);
    });

    it("give a DecodingError, or a value that has exactly these bytes, when they are anything at all", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, versioned) => {
          isReadOrRefused(versioned ? Uint8Array.of(version, ...bytes) : bytes);
        }),
        { numRuns: 3000 },
      );
    });

    /** True if the bytes were read; they must then be what is written for the value, if they are of today's version. Any error but `DecodingError` is thrown on. */
    function isReadOrRefused(bytes: Uint8Array): boolean {
      let value: unknown;
      try {
        value = decode(bytes);
      } catch (error) {
        if (error instanceof DecodingError) return false;
        throw error;
      }
      if (bytes[0] === version) expect(encode(value as never)).to.deep.equal(bytes);
      else expect(decode(encode(value as never))).to.deep.equal(value);
      return true;
    }
  });
}

describe("a snapshot", function () {
  this.timeout(60_000);

  for (const [commands, numRuns] of [
    [80, 60],
    [2000, 3],
  ] as const) {
    it(`holds everything: the engine restored from it has the same state and writes the same snapshot, after up to ${commands} commands`, () => {
      fc.assert(
        fc.property(commandStreams(commands), (stream) => {
          const engine = createEngine(SHARD, BRANCH);
          for (const envelope of stream) engine.apply(envelope);
          const restored = restoreEngine(engine.snapshot());
          expect(restored.state()).to.deep.equal(engine.state());
          expect(restored.snapshot()).to.deep.equal(engine.snapshot());
          expect(restored.digest()).to.equal(engine.digest());
        }),
        { numRuns },
      );
    });
  }

  it("is refused with the error of the codec or of an invariant, or taken over as it stands, however it was changed", () => {
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(
        commandStreams(60),
        fc.array(damage, { minLength: 40, maxLength: 40 }),
        (stream, damages) => {
          const engine = createEngine(SHARD, BRANCH);
          for (const envelope of stream) engine.apply(envelope);
          const bytes = engine.snapshot();
          for (const each of damages) {
            if (isTakenOverOrRefused(damaged(bytes, each))) taken++;
            else refused++;
          }
        },
      ),
      { numRuns: 100 },
    );
    expect(refused, "some were refused").to.be.greaterThan(taken);
    expect(taken, "some were other states").to.be.greaterThan(0);
  });

  it("is refused so, or taken over as it stands, with any one bit turned", () => {
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(commandStreams(120), fc.nat(7), (stream, bit) => {
        const engine = createEngine(SHARD, BRANCH);
        for (const envelope of stream) engine.apply(envelope);
        const bytes = engine.snapshot();
        for (let at = 0; at < bytes.length; at++) {
          const turned = bytes.slice();
          turned[at] = (bytes[at] as number) ^ (1 << ((at + bit) % 8));
          if (isTakenOverOrRefused(turned)) taken++;
          else refused++;
        }
      }),
      { numRuns: 4 },
    );
    expect(refused, "some were refused").to.be.greaterThan(0);
    expect(taken, "some were other states").to.be.greaterThan(0);
  });
});

function outcomesOf(stream: readonly (Parameters<typeof encodeCommand>[0] | null)[]): Outcome[] {
  const engine = createEngine(SHARD, BRANCH);
  return stream.map((envelope) => {
    const events = engine.apply(envelope);
    const { seq, time } = engine;
    return { shard: SHARD, branch: BRANCH, seq, time, commandId: envelope?.commandId ?? "", events };
  });
}

/** True if an engine took the bytes over; it must then write them again, if they are of today's version. Any error but those of a damaged snapshot is thrown on. */
function isTakenOverOrRefused(bytes: Uint8Array): boolean {
  let engine: Engine;
  try {
    engine = restoreEngine(bytes);
  } catch (error) {
    if (error instanceof DecodingError || error instanceof InvariantViolation) return false;
    throw error;
  }
  if (bytes[0] === STATE_VERSION) expect(engine.snapshot()).to.deep.equal(bytes);
  else expect(restoreEngine(engine.snapshot()).state()).to.deep.equal(engine.state());
  expect(engine.digest()).to.equal(digestOfState(engine.state()));
  return true;
}
