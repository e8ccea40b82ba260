const HEAD_BYTES = 1;
const LENGTH_BYTES = 4;

/** One message of several parts: a byte for its kind, then each part behind its length (32 bits, big-endian). */
export function framed(kind: number, parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + LENGTH_BYTES + part.length, HEAD_BYTES);
  const message = Buffer.allocUnsafe(size);
  message.writeUInt8(kind, 0);
  let at = HEAD_BYTES;
  for (const part of parts) {
    at = message.writeUInt32BE(part.length, at);
    message.set(part, at);
    at += part.length;
  }
  return message;
}

export function unframed(message: Buffer): { readonly kind: number; readonly parts: readonly Uint8Array[] } {
  const parts: Uint8Array[] = [];
  for (let at = HEAD_BYTES; at < message.length; ) {
    const length = message.readUInt32BE(at);
    at += LENGTH_BYTES;
    // A copy: what is decoded from it may keep parts of it.
    parts.push(Uint8Array.from(message.subarray(at, at + length)));
    at += length;
  }
  return { kind: message.readUInt8(0), parts };
}
