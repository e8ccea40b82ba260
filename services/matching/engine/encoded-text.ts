import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";

/** A text as it stands in an encoding: its length, then its bytes. */
export function encodedText(text: string): Uint8Array {
  const writer = new ByteWriter(48);
  writer.text(text);
  return writer.finish();
}
