import { z } from "zod";
import type { WireValue } from "./wire-value.ts";

/** What travels between two Regions. A request names who asks; an answer names the request. */
export type LinkFrame =
  | {
      readonly t: "ask";
      readonly id: number;
      readonly from: string;
      readonly kind: string;
      readonly body: WireValue;
    }
  | { readonly t: "answer"; readonly id: number; readonly body: WireValue }
  /** There is no answer: no handler, or it failed. */
  | { readonly t: "none"; readonly id: number };

const id = z.number().int().positive();
const body = z.custom<WireValue>(() => true).optional();
const FRAME = z.discriminatedUnion("t", [
  z.object({ t: z.literal("ask"), id, from: z.string(), kind: z.string(), body }),
  z.object({ t: z.literal("answer"), id, body }),
  z.object({ t: z.literal("none"), id }),
]);

/** `undefined` for what is no frame of this protocol. */
export function linkFrameOf(value: WireValue): LinkFrame | undefined {
  const parsed = FRAME.safeParse(value);
  return parsed.success ? (parsed.data as LinkFrame) : undefined;
}
