import fc from "fast-check";

const DAMAGES = ["turn", "cut", "insert", "set", "double", "stretch", "enlarge"] as const;

export interface Damage {
  readonly kind: (typeof DAMAGES)[number];
  readonly at: number;
  readonly byte: number;
}

/** A change of bytes, as places in parts of 2^32 so that it fits any length. */
export const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom(...DAMAGES),
  at: fc.nat(2 ** 32 - 1),
  byte: fc.nat(255),
});

/** A place in so many bytes. */
export function placeIn(length: number, at: number): number {
  return Math.floor((at / 2 ** 32) * length);
}

/** The bytes after the change. */
export function damaged(bytes: Uint8Array, { kind, at, byte }: Damage): Uint8Array {
  const place = placeIn(bytes.length, at);
  const [head, tail] = [bytes.slice(0, place), bytes.slice(place + 1)];
  switch (kind) {
    case "turn":
      return Uint8Array.of(...head, (bytes[place] ?? 0) ^ (1 << (byte % 8)), ...tail);
    case "set":
      return Uint8Array.of(...head, byte, ...tail);
    case "insert":
      return Uint8Array.of(...head, byte, ...bytes.slice(place));
    case "stretch":
      // The same integer in a form that is longer than it need be.
      return Uint8Array.of(...head, (bytes[place] ?? 0) | 0x80, 0, ...tail);
    case "enlarge":
      // An integer about as large as may be, or a little larger.
      return Uint8Array.of(...head, ...new Uint8Array(7).fill(0xff), (byte & 0x1f) | 1, ...tail);
    case "double":
      return Uint8Array.of(...bytes.slice(0, place), ...head);
    case "cut":
      return head;
  }
}
