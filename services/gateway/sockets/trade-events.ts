import { z } from "zod";
import type { CommandId } from "#shared/domain/ids.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { TradeEvent } from "#shared/protocol/order-entry.ts";
import type { Principal } from "../identity/principal.ts";
import { IDEMPOTENCY_KEY, keyedCommandId } from "../rest/idempotency.ts";
import { orderListOperations } from "../rest/order-list-operations.ts";
import { orderOperations } from "../rest/order-operations.ts";
import { readParameters } from "../rest/parameters.ts";
import type { TradeDependencies, TradeOperation } from "../rest/trade-operation.ts";
import { decimalText } from "../simple-order/decimal-text.ts";
import type { CountOrder } from "./count-order.ts";
import { parseRequest } from "./requests.ts";
import type { GatewaySocket } from "./socket-types.ts";

const REQUEST = z.record(z.string().max(40), z.union([z.string().max(200), z.number(), z.boolean()]));

/** Answers one event; what `handle` throws becomes the error answer. */
export type AnswerEvent = (
  event: TradeEvent,
  body: unknown,
  answer: unknown,
  handle: (principal: Principal, body: unknown) => Promise<unknown>,
) => void;

/** Order entry over sockets: the very operations of REST, by Binance's WebSocket API names. */
export class TradeEvents {
  readonly #dependencies: TradeDependencies;
  readonly #operations: readonly TradeOperation[];
  readonly #known: ReadonlySet<string>;
  readonly #countOrder: CountOrder;

  constructor(dependencies: TradeDependencies, countOrder: CountOrder) {
    this.#dependencies = dependencies;
    this.#countOrder = countOrder;
    this.#operations = [...orderOperations(dependencies), ...orderListOperations(dependencies)];
    this.#known = new Set(this.#operations.flatMap(({ parameters }) => Object.keys(parameters.shape)));
  }

  listen(socket: GatewaySocket, answerEvent: AnswerEvent): void {
    for (const operation of this.#operations) {
      const handle = (principal: Principal, body: unknown) => this.#handle(operation, principal, body);
      const listener = (body: unknown, answer: unknown) => answerEvent(operation.event, body, answer, handle);
      // Each event has its own types on the client's side; here all are unknown until a schema has read them.
      socket.on(operation.event as "order.place", listener);
    }
  }

  /** Whether there is an operation of a name. */
  knows(event: string): boolean {
    return this.#operations.some((operation) => operation.event === event);
  }

  /** Carries an operation out that comes another way than as an event. Throws `ApiError`. */
  async run(event: string, principal: Principal, body: unknown): Promise<unknown> {
    const operation = this.#operations.find((one) => one.event === event);
    if (operation === undefined) throw new ApiError("UNSUPPORTED_OPERATION");
    return this.#handle(operation, principal, body);
  }

  async #handle(operation: TradeOperation, principal: Principal, body: unknown): Promise<unknown> {
    if (!principal.canTrade) throw new ApiError("REJECTED_API_KEY");
    const { idempotencyKey, ...sent } = parseRequest(REQUEST, body);
    const texts = new Map(Object.entries(sent).map(([name, value]) => [name, textOf(name, value)]));
    const parameters = readParameters(operation.parameters, texts, this.#known, false);
    return operation.handle({
      parameters,
      account: principal.account,
      commandId: this.#commandIdOf(principal, idempotencyKey),
      count: (orders, place) => this.#countOrder(principal.account, place, orders),
    });
  }

  #commandIdOf({ account }: Principal, key: string | number | boolean | undefined): CommandId {
    const { entry } = this.#dependencies;
    if (key === undefined) return entry.freshCommandId(account);
    if (typeof key !== "string" || !IDEMPOTENCY_KEY.test(key)) {
      throw new ApiError("ILLEGAL_PARAM", { field: "idempotencyKey" });
    }
    return keyedCommandId(account, key, entry);
  }
}

/** A parameter as REST would get it. */
function textOf(name: string, value: string | number | boolean): string {
  if (typeof value === "string") return value;
  const text = typeof value === "number" ? decimalText(value) : String(value);
  if (text === undefined) throw new ApiError("INVALID_FIELD", { field: name });
  return text;
}
