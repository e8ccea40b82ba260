import type { Clock } from "#shared/ports/clock.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { refusalOf } from "./refusal-of.ts";
import type { SocketLimits } from "./socket-limits.ts";
import type { GatewaySocket } from "./socket-types.ts";

/** Refuses messages beyond the socket's budget, and ends a socket that goes on sending all the same. */
export function limitMessages(socket: GatewaySocket, clock: Clock, limits: SocketLimits): void {
  const { budget } = socket.data;
  let refused = 0;
  socket.use(([event, ...parameters], next) => {
    if (budget.take(clock.monotonic())) {
      refused = 0;
      next();
      return;
    }
    refused++;
    if (refused > limits.messageBurst) {
      socket.disconnect(true);
      return;
    }
    const answer: unknown = parameters.at(-1);
    // The answer to an echo is a time and has no room for an error.
    if (event === "echo") return;
    const details = [String(limits.messagesPerSecond), "1 SECOND"];
    const error = new ApiError("TOO_MANY_REQUESTS", { details }).toJSON();
    if (typeof answer === "function") answer({ error });
    else if (event === "order" || event === "cancel") {
      socket.emit("refused", refusalOf(event, parameters[0], error));
    }
  });
}
