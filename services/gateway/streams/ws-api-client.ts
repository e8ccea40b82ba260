import { z } from "zod";
import type { Clock } from "#shared/ports/clock.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { textFrame } from "#shared/protocol/web-socket-frames.ts";
import type { Log } from "#shared/telemetry/log.ts";
import type { Authenticator, Principal } from "../identity/principal.ts";
import type { TradeEvents } from "../sockets/trade-events.ts";
import { answerInMicroseconds, eventInMicroseconds, type TimeUnit } from "../time-unit.ts";
import type { UserFollower, UserStreams } from "./user-streams.ts";

export interface WsApiClientDependencies {
  readonly authenticator: Authenticator;
  readonly users: UserStreams;
  readonly trading: TradeEvents;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeUnit: TimeUnit;
  readonly connection: { send(frame: Buffer): void; restart(): void };
}

const REQUEST = z.object({
  id: z.union([z.string().max(36), z.int(), z.null()]).optional(),
  method: z.string().max(60),
  params: z.record(z.string().max(40), z.union([z.string().max(1024), z.number(), z.boolean()])).optional(),
});
type Request = z.output<typeof REQUEST>;
type Parameters = NonNullable<Request["params"]>;

/** Who a request speaks for, and with which key. */
interface Keyholder {
  readonly principal: Principal;
  readonly apiKey: string;
}

interface Session extends Keyholder {
  readonly since: number;
}

interface Subscription {
  readonly id: number;
  readonly apiKey: string;
  readonly follower: UserFollower;
}

/** What signs a request, and what Binance's clients send that changes nothing here. */
const ENVELOPE = new Set(["apiKey", "signature", "timestamp", "recvWindow", "returnRateLimits"]);

/** One connection to `/ws-api/v3`, Binance's WebSocket API: sessions, user data streams and order entry. A request is signed, or speaks for the session that `session.logon` began. */
export class WsApiClient {
  readonly #dependencies: WsApiClientDependencies;
  readonly #connectedAt: number;
  readonly #subscriptions = new Map<number, Subscription>();
  #session: Session | undefined;
  #lastSubscription = -1;

  constructor(dependencies: WsApiClientDependencies) {
    this.#dependencies = dependencies;
    this.#connectedAt = dependencies.clock.now();
  }

  /** Answers a message of the client. Requests do not wait for each other. */
  async answer(text: string): Promise<void> {
    let id: Request["id"] = null;
    try {
      const request = readRequest(text);
      id = request.id ?? null;
      const result = await this.#run(request.method, request.params ?? {});
      this.#send({ id, status: 200, result: this.#isMicro ? answerInMicroseconds(result) : result });
    } catch (error) {
      if (!(error instanceof ApiError)) this.#dependencies.log.error({ err: error }, "socket-handler-failed");
      const refusal = error instanceof ApiError ? error : new ApiError("UNKNOWN");
      this.#send({ id, status: refusal.entry.status, error: refusal.toJSON() });
    }
  }

  /** Tells it of something; of a subscription by its id. */
  tell(event: object, subscriptionId?: number): void {
    const of = subscriptionId === undefined ? {} : { subscriptionId };
    this.#send({ ...of, event: this.#isMicro ? eventInMicroseconds(event) : event });
  }

  /** Credentials of an account ended: what they opened ends with them. */
  async revoked(account: Principal["account"]): Promise<void> {
    const { authenticator, clock } = this.#dependencies;
    const isOver = (apiKey: string) =>
      authenticator.byApiKey(apiKey).then(
        () => false,
        () => true,
      );
    if (this.#session?.principal.account === account && (await isOver(this.#session.apiKey)))
      this.#session = undefined;
    for (const subscription of [...this.#subscriptions.values()]) {
      if (subscription.follower.account !== account || !(await isOver(subscription.apiKey))) continue;
      subscription.follower.tell({ e: "eventStreamTerminated", E: clock.now() });
      this.#unsubscribe(subscription);
    }
  }

  leave(): void {
    for (const subscription of [...this.#subscriptions.values()]) this.#unsubscribe(subscription);
  }

  async #run(method: string, params: Parameters): Promise<unknown> {
    const { clock, trading } = this.#dependencies;
    switch (method) {
      case "ping":
        return {};
      case "time":
        return { serverTime: clock.now() };
      case "session.logon":
        this.#session = { ...(await this.#signer(params)), since: clock.now() };
        return this.#sessionStatus();
      case "session.status":
        return this.#sessionStatus();
      case "session.logout":
        this.#session = undefined;
        return this.#sessionStatus();
      case "session.subscriptions":
        return [...this.#subscriptions.keys()].map((subscriptionId) => ({ subscriptionId }));
      case "userDataStream.subscribe":
        return this.#subscribe(this.#logged());
      case "userDataStream.subscribe.signature":
        return this.#subscribe(await this.#signer(params));
      case "userDataStream.unsubscribe":
        return this.#endSubscriptions(params.subscriptionId);
    }
    if (!trading.knows(method)) throw new ApiError("UNSUPPORTED_OPERATION");
    const isSigned = params.apiKey !== undefined || params.signature !== undefined;
    const { principal } = isSigned ? await this.#signer(params) : this.#logged();
    const sent = Object.entries(params).filter(([name]) => !ENVELOPE.has(name));
    return trading.run(method, principal, Object.fromEntries(sent));
  }

  get #isMicro(): boolean {
    return this.#dependencies.timeUnit === "MICROSECOND";
  }

  #logged(): Session {
    if (this.#session === undefined) throw new ApiError("UNAUTHORIZED");
    return this.#session;
  }

  /** What is signed is every parameter but the signature, by name, as `name=value` joined by `&` (web-socket-api.md, "SIGNED request security"). */
  async #signer({ signature, ...signed }: Parameters): Promise<Keyholder> {
    const { apiKey, timestamp, recvWindow } = signed;
    if (typeof apiKey !== "string") throw new ApiError("MANDATORY_PARAM", { field: "apiKey" });
    if (typeof signature !== "string") throw new ApiError("MANDATORY_PARAM", { field: "signature" });
    const payload = Object.entries(signed)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join("&");
    const principal = await this.#dependencies.authenticator.bySignature({
      apiKey,
      payload: Buffer.from(payload),
      signature,
      timestamp: timestamp === undefined ? undefined : String(timestamp),
      recvWindow: recvWindow === undefined ? undefined : String(recvWindow),
    });
    return { principal, apiKey };
  }

  #sessionStatus() {
    return {
      apiKey: this.#session?.apiKey ?? null,
      authorizedSince: this.#session?.since ?? null,
      connectedSince: this.#connectedAt,
      returnRateLimits: false,
      serverTime: this.#dependencies.clock.now(),
      userDataStream: this.#subscriptions.size > 0,
    };
  }

  /** Several accounts may be followed over one connection, each once. */
  #subscribe({ principal: { account }, apiKey }: Keyholder) {
    const isThere = [...this.#subscriptions.values()].some((one) => one.follower.account === account);
    if (isThere) throw new ApiError("SUBSCRIPTION_ACTIVE");
    const id = ++this.#lastSubscription;
    const { users, connection } = this.#dependencies;
    const follower: UserFollower = {
      account,
      tell: (event) => this.tell(event, id),
      restart: () => connection.restart(),
    };
    this.#subscriptions.set(id, { id, apiKey, follower });
    users.follow(follower);
    return { subscriptionId: id };
  }

  /** One, or all where none is named. */
  #endSubscriptions(named: Parameters[string] | undefined) {
    const all = [...this.#subscriptions.values()];
    const ended = named === undefined ? all : all.filter(({ id }) => id === Number(named));
    if (ended.length === 0) throw new ApiError("SUBSCRIPTION_INACTIVE");
    for (const subscription of ended) this.#unsubscribe(subscription);
    return {};
  }

  #unsubscribe({ id, follower }: Subscription): void {
    this.#subscriptions.delete(id);
    this.#dependencies.users.leave(follower);
  }

  #send(message: object): void {
    this.#dependencies.connection.send(textFrame(JSON.stringify(message)));
  }
}

function readRequest(text: string): Request {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError("INVALID_FIELD", { field: "request" });
  }
  const read = REQUEST.safeParse(value);
  if (read.success) return read.data;
  throw new ApiError("INVALID_FIELD", { field: String(read.error.issues[0]?.path[0] ?? "request") });
}
