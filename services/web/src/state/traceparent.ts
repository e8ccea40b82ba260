/**
 * The trace of a click, as the header `traceparent` (W3C Trace Context) that the exchange goes on with: what it does for the click is found by the id. Its first eight digits are the
 * time in seconds, as X-Ray wants them. The flag says that the exchange decides what it keeps.
 */
export function newTraceparent(): string {
  const seconds = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, "0");
  return `00-${seconds}${randomHex(12)}-${randomHex(8)}-00`;
}

/** All 0 would be no id; with this many bits nobody will ever see it. */
function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
