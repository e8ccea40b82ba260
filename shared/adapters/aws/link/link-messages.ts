import { z } from "zod";
import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { assert } from "#shared/domain/invariant.ts";
import { decodeValue, encodeValue } from "#shared/protocol/wire-value.ts";

/**
 * SQS takes 1 MiB a message, and 256 KiB where a queue says nothing else; each 64 KiB are a request on the bill
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html). A message's text is base64, a third longer than its bytes.
 */
export const PART_BYTES_MAX = 190_000;
/** What goes together in parts is no longer than this: far more than any answer, and bounded. */
export const LETTER_BYTES_MAX = 16 * 1024 * 1024;
const PARTS_MAX = Math.ceil(LETTER_BYTES_MAX / PART_BYTES_MAX);

/** A piece of what one Region sends to another at a time; most letters have one. */
export interface LinkPart {
  readonly from: string;
  /** Which letter of the sender's it belongs to. */
  readonly letter: number;
  readonly part: number;
  readonly parts: number;
  readonly bytes: Uint8Array;
}

const PART = z.object({
  from: z.string(),
  letter: z.number().int().nonnegative(),
  part: z.number().int().nonnegative(),
  parts: z.number().int().positive().max(PARTS_MAX),
  bytes: z.instanceof(Uint8Array),
});

/** The texts of the messages that carry some frames, each encoded, as one letter. */
export function textsOf(frames: readonly Uint8Array[], from: string, letter: number): string[] {
  const bytes = encodeValue(frames);
  const parts = Math.max(1, Math.ceil(bytes.length / PART_BYTES_MAX));
  assert(parts <= PARTS_MAX, "a letter is no longer than letters may be");
  return Array.from({ length: parts }, (_, part) => {
    const piece = bytes.subarray(part * PART_BYTES_MAX, (part + 1) * PART_BYTES_MAX);
    return Buffer.from(encodeValue({ from, letter, part, parts, bytes: piece })).toString("base64");
  });
}

/** What a message carries; `undefined` for what is no part of a letter. */
export function partOf(text: string): LinkPart | undefined {
  try {
    const parsed = PART.safeParse(decodeValue(Buffer.from(text, "base64")));
    return parsed.success && parsed.data.part < parsed.data.parts ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof DecodingError) return undefined;
    throw error;
  }
}

/** The frames of a whole letter, each still encoded; none for bytes that are no letter. */
export function framesOf(letter: Uint8Array): readonly Uint8Array[] {
  try {
    const frames = decodeValue(letter);
    return Array.isArray(frames) && frames.every((frame) => frame instanceof Uint8Array) ? frames : [];
  } catch (error) {
    if (error instanceof DecodingError) return [];
    throw error;
  }
}
