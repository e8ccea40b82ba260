/** A programmer error: something that must never happen did. The task ends; it is never caught to go on. */
export class InvariantViolation extends Error {
  override readonly name = "InvariantViolation";
}

/** Asserts what must hold; stays on in production. Throws {@link InvariantViolation}. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}

/** For the default branch of an exhaustive `switch`: compiles only if every case was handled. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable: ${JSON.stringify(value)}`);
}
