import type { ErrorAnswer, RefusalMessage } from "#shared/protocol/socket.ts";

/** The refusal of an event that came without an acknowledgement, named by the client's own id where it gave one. */
export function refusalOf(
  event: RefusalMessage["event"],
  body: unknown,
  error: ErrorAnswer["error"],
): RefusalMessage {
  return { event, orderId: ownIdOf(event, body), error };
}

/** Ids are short; anything else is not repeated to its sender. */
const MAX_ID = 64;

function ownIdOf(event: RefusalMessage["event"], body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  const id: unknown = Reflect.get(body, event === "order" ? "orderId" : "origClientOrderId");
  return typeof id === "string" && id.length <= MAX_ID ? id : null;
}
