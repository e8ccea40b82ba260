import { hexByte, hexWord } from "./encoding/hex-word.ts";

/** Which trace: 128 bits as four words of 32, not all 0. As numbers they are made, compared and written without a text; who reads or sends them wants their hexadecimal digits. */
export interface TraceId {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
}

/**
 * Where a piece of work belongs in a trace (W3C Trace Context, level 2): which trace, and under which of its spans. It travels beside commands and
 * messages and never decides anything.
 */
export class TraceContext implements TraceId {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  /** The span's id: 64 bits as two words, not all 0. */
  readonly s0: number;
  readonly s1: number;
  /** Whoever began the trace wants all of it. */
  readonly isSampled: boolean;

  /** Words count by their bits, whatever their sign. */
  constructor({ t0, t1, t2, t3 }: TraceId, s0: number, s1: number, isSampled: boolean) {
    // As signed integers they are small ones to the machine, and no object each.
    this.t0 = t0 | 0;
    this.t1 = t1 | 0;
    this.t2 = t2 | 0;
    this.t3 = t3 | 0;
    this.s0 = s0 | 0;
    this.s1 = s1 | 0;
    this.isSampled = isSampled;
  }

  /** 32 lower-case hexadecimal digits. */
  get traceId(): string {
    return hexOf(this.t0) + hexOf(this.t1) + hexOf(this.t2) + hexOf(this.t3);
  }

  /** 16 of them. */
  get spanId(): string {
    return hexOf(this.s0) + hexOf(this.s1);
  }
}

export function isSameTrace(one: TraceId, other: TraceId): boolean {
  return one.t3 === other.t3 && one.t2 === other.t2 && one.t1 === other.t1 && one.t0 === other.t0;
}

/** A number to find a trace by: nearly as different as the ids are, also where clients choose them and some words repeat themselves. */
export function traceKey({ t0, t1, t2, t3 }: TraceId): number {
  return t0 ^ Math.imul(t1, 0x9e3779b1) ^ Math.imul(t2, 0x85ebca6b) ^ Math.imul(t3, 0xc2b2ae35);
}

/** Reads the 32 digits of a trace's id, which stand in a text from a place on; `undefined` for anything that is none. */
export function parseTraceId(text: string, at = 0): TraceId | undefined {
  const t0 = hexWord(text, at);
  const t1 = hexWord(text, at + 8);
  const t2 = hexWord(text, at + 16);
  const t3 = hexWord(text, at + 24);
  if (t0 < 0 || t1 < 0 || t2 < 0 || t3 < 0 || t0 + t1 + t2 + t3 === 0) return undefined;
  return { t0: t0 | 0, t1: t1 | 0, t2: t2 | 0, t3: t3 | 0 };
}

/** `00-`, the trace's id, `-`, the span's, `-` and two digits of flags. */
const LENGTH = 55;
const LENGTH_MAX = 200;
const TRACE_AT = 3;
const SPAN_AT = 36;
const FLAGS_AT = 53;
const SAMPLED = 1;

/** Reads a `traceparent` header of version 00, or what later versions promise to begin with; `undefined` for anything that is none. */
export function parseTraceparent(text: unknown): TraceContext | undefined {
  if (typeof text !== "string" || text.length < LENGTH || text.length > LENGTH_MAX) return undefined;
  if (text[2] !== "-" || text[SPAN_AT - 1] !== "-" || text[FLAGS_AT - 1] !== "-") return undefined;
  const version = hexByte(text, 0);
  const flags = hexByte(text, FLAGS_AT);
  if (version < 0 || version === 0xff || flags < 0) return undefined;
  if (text.length > LENGTH && (version === 0 || text[LENGTH] !== "-")) return undefined;
  const trace = parseTraceId(text, TRACE_AT);
  const s0 = hexWord(text, SPAN_AT);
  const s1 = hexWord(text, SPAN_AT + 8);
  if (trace === undefined || s0 < 0 || s1 < 0 || s0 + s1 === 0) return undefined;
  return new TraceContext(trace, s0, s1, (flags & SAMPLED) === SAMPLED);
}

/** A `traceparent` header. */
export function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}

const HEX = Array.from({ length: 0x10000 }, (_, half) => half.toString(16).padStart(4, "0"));

function hexOf(word: number): string {
  return (HEX[word >>> 16] as string) + (HEX[word & 0xffff] as string);
}
