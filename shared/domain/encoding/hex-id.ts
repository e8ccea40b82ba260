/** Memory that is used again: a buffer over each record's own memory would cost more than the digits do. */
const scratch = Buffer.alloc(16);

/** The 32 lower-case hex digits of the 16 bytes from a place on. */
export function hexIdAt(bytes: Uint8Array, start: number): string {
  for (let at = 0; at < 16; at++) scratch[at] = bytes[start + at] as number;
  return scratch.toString("hex");
}
