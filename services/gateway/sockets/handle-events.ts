import type { Clock } from "#shared/ports/clock.ts";
import type { Projections } from "#shared/ports/projections.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { Answer, ErrorAnswer, SubscribeAnswer } from "#shared/protocol/socket.ts";
import type { Log } from "#shared/telemetry/log.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import type { Principal } from "../identity/principal.ts";
import type { OrderEntry } from "../order-entry.ts";
import { placeSimpleOrder } from "../simple-order/place-simple-order.ts";
import { traceMessage } from "../telemetry/trace-message.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import { cancelOrder } from "./cancel-order.ts";
import type { CountOrder } from "./count-order.ts";
import { handleResync } from "./handle-resync.ts";
import { refusalOf } from "./refusal-of.ts";
import type { SocketShards } from "./socket-shards.ts";
import type { GatewaySocket } from "./socket-types.ts";
import { subscribe, unsubscribe } from "./subscriptions.ts";
import type { TradeEvents } from "./trade-events.ts";
import { userState } from "./user-state.ts";

export interface HandlerDependencies {
  readonly view: ExchangeView;
  readonly projections: Projections;
  readonly shards: SocketShards;
  readonly entry: OrderEntry;
  readonly clock: Clock;
  readonly trading: TradeEvents;
  readonly countOrder: CountOrder;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** Answers what a client asks. Everything that comes in is unknown until a schema has read it. */
export function handleEvents(socket: GatewaySocket, dependencies: HandlerDependencies): void {
  const { view, projections, shards, entry, clock, trading, countOrder, log, metrics, tracing } =
    dependencies;

  /** Turns what a handler throws into an error answer. A question without an acknowledgement asks for nothing. */
  const answering = <T>(
    event: string,
    answer: unknown,
    handle: (reply: Answer<T>) => Promise<void> | void,
  ) => {
    if (typeof answer !== "function") return;
    const reply = answer as Answer<T>;
    const run = async () => {
      try {
        // Runs at once, not in a later turn: what `handle` answers and joins must fit what is folded now.
        await handle(reply);
      } catch (error) {
        if (!(error instanceof ApiError))
          log.error({ err: error, socketEvent: event }, "socket-handler-failed");
        const refusal = error instanceof ApiError ? error : new ApiError("UNKNOWN");
        metrics.add("meridian_refusals_total", { door: "socket", code: String(refusal.entry.code) });
        reply({ error: refusal.toJSON() });
      }
    };
    void run();
  };
  /** Who acts without asking for an answer is told at least of a refusal. */
  const acknowledgement = (event: "order" | "cancel", body: unknown, answer: unknown): unknown => {
    if (typeof answer === "function") return answer;
    return (result: object) => {
      if ("error" in result) socket.emit("refused", refusalOf(event, body, (result as ErrorAnswer).error));
    };
  };
  const user = (): Principal => {
    const { principal } = socket.data;
    if (principal === undefined) throw new ApiError("UNAUTHORIZED");
    return principal;
  };

  socket.on("subscribe", (body, answer) =>
    answering<SubscribeAnswer>("subscribe", answer, (reply) => {
      reply({ ok: true, place: subscribe(socket, body, shards) });
    }),
  );
  socket.on("unsubscribe", (body, answer) =>
    answering<{ ok: true }>("unsubscribe", answer, (reply) => {
      unsubscribe(socket, body, shards);
      reply({ ok: true });
    }),
  );
  socket.on("resync", (body, answer) =>
    answering("resync", answer, (reply) => handleResync(socket, body, shards, metrics, reply)),
  );
  socket.on("state", (answer) =>
    answering("state", answer, (reply) => reply(userState(user(), view, shards))),
  );
  socket.on("order", (body, answer) =>
    answering("order", acknowledgement("order", body, answer), async (reply) => {
      const principal = user();
      reply(
        await traceMessage(tracing, "order", body, (message) =>
          countOrder(principal.account, () => placeSimpleOrder({ entry, view }, principal, message)),
        ),
      );
    }),
  );
  socket.on("cancel", (body, answer) =>
    answering("cancel", acknowledgement("cancel", body, answer), async (reply) =>
      reply(
        await traceMessage(tracing, "cancel", body, (message) =>
          cancelOrder({ view, projections, clock, entry }, user(), message),
        ),
      ),
    ),
  );
  trading.listen(socket, (event, body, answer, handle) =>
    answering(event, typeof answer === "function" ? answer : () => {}, async (reply: Answer<unknown>) =>
      reply(await traceMessage(tracing, event, body, (message) => handle(user(), message))),
    ),
  );
  socket.on("echo", (answer) => {
    if (typeof answer === "function") answer(clock.now());
  });
}
