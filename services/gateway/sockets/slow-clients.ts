import type { GatewaySocket } from "./socket-types.ts";

/** Bytes (UTF-16 units, near enough) that wait to be sent to a socket. */
export function bufferedBytes({ conn }: GatewaySocket): number {
  let bytes = 0;
  // Private in the library's types, and the only place that tells how far a client is behind.
  // biome-ignore lint/complexity/useLiteralKeys: only this form may read a private field
  const waiting = conn["writeBuffer"];
  for (const { data } of waiting) bytes += data?.length ?? 0;
  return bytes;
}
