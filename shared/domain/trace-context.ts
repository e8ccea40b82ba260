import { hexByte, hexWord, putHexWord } from "./encoding/hex-word.ts";

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

/** The codes of the characters of a `traceparent` header: what changes is written over each time. */
const CODES = Array.from(`00-${"0".repeat(32)}-${"0".repeat(16)}-00`, (character) => character.charCodeAt(0));

/** A `traceparent` header. Made at once and not of parts, for each request is answered with one. */
export function formatTraceparent({ t0, t1, t2, t3, s0, s1, isSampled }: TraceContext): string {
  putHexWord(CODES, TRACE_AT, t0);
  putHexWord(CODES, TRACE_AT + 8, t1);
  putHexWord(CODES, TRACE_AT + 16, t2);
  putHexWord(CODES, TRACE_AT + 24, t3);
  putHexWord(CODES, SPAN_AT, s0);
  putHexWord(CODES, SPAN_AT + 8, s1);
  CODES[LENGTH - 1] = isSampled ? ONE : ZERO;
  return String.fromCharCode.apply(undefined, CODES);
}

const [ZERO, ONE] = [0x30, 0x31];

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
