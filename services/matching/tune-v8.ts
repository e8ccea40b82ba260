import { setFlagsFromString } from "node:v8";

/**
 * Lets V8's optimizing compiler put more of the fold's small functions into their callers than it does by itself: the accessors of flat memory are that
 * many, and a number beyond 2^31 that passes through a real call is boxed. To be called when a process that folds starts, before it does
 * (docs/decisions/0011).
 */
export function tuneV8(): void {
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=4000");
  setFlagsFromString("--max-inlined-bytecode-size=800");
}
