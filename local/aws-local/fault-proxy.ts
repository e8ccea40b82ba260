import { once } from "node:events";
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Clock } from "#shared/ports/clock.ts";
import { errorBody, type Fault, type FaultRule, operationOf, type ProxiedRequest } from "./fault.ts";

export interface FaultProxyOptions {
  /** The server's address, as `http://127.0.0.1:4567`; or which one a request is for, if it can be reached at all. */
  readonly target: string | ((message: IncomingMessage) => string | undefined);
  readonly clock: Clock;
  readonly port?: number;
}

/** A rule in force. */
export interface FaultInForce {
  /** How often it came. */
  readonly count: number;
  remove(): void;
}

/** Stands between an SDK and a server, and makes requests fail as networks and services do. */
export interface FaultProxy {
  readonly url: string;
  readonly port: number;
  add(rule: FaultRule): FaultInForce;
  /** No more faults from here on. What is held back for later (`late`) goes out now. */
  heal(): Promise<void>;
  /** Requests of an operation that came so far. */
  requests(operation: string): number;
  /** Connections that were refused because the server could not be reached. */
  readonly refused: number;
  /** Breaks all connections that there are, streams in the middle of an answer too. */
  cutAll(): void;
  /** While true, whoever connects is cut off at once: the server cannot be reached. */
  setUnreachable(isUnreachable: boolean): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

interface RuleInForce {
  readonly rule: FaultRule;
  count: number;
}

interface HeldBack {
  readonly operation: string;
  /** Goes out when so many requests of its operation have been answered. */
  readonly afterAnswered: number;
  readonly message: IncomingMessage;
  readonly body: Buffer;
}

/** Headers that belong to one connection, or to a body of another length. */
const NOT_FORWARDED = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);

/** Starts the proxy on 127.0.0.1. Requests are read whole, answers are streamed. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new HttpFaultProxy(options);
  await proxy.listen(options.port ?? 0);
  return proxy;
}

class HttpFaultProxy implements FaultProxy {
  readonly #options: FaultProxyOptions;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer((message, response) => void this.#serve(message, response));
  readonly #sockets = new Set<Socket>();
  readonly #requests = new Map<string, number>();
  refused = 0;
  readonly #answered = new Map<string, number>();
  #rules: RuleInForce[] = [];
  #heldBack: HeldBack[] = [];
  #isUnreachable = false;

  constructor(options: FaultProxyOptions) {
    this.#options = options;
    this.#server.on("connection", (socket: Socket) => {
      if (this.#isUnreachable) {
        this.refused++;
        socket.destroy();
      }
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  add(rule: FaultRule): FaultInForce {
    const inForce: RuleInForce = { rule, count: 0 };
    this.#rules.push(inForce);
    return {
      get count() {
        return inForce.count;
      },
      remove: () => {
        this.#rules = this.#rules.filter((each) => each !== inForce);
      },
    };
  }

  async heal(): Promise<void> {
    this.#rules = [];
    this.#isUnreachable = false;
    const held = this.#heldBack;
    this.#heldBack = [];
    for (const { message, body } of held) await this.#ask(message, body).catch(() => undefined);
  }

  requests(operation: string): number {
    return this.#requests.get(operation) ?? 0;
  }

  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  setUnreachable(isUnreachable: boolean): void {
    this.#isUnreachable = isUnreachable;
    if (isUnreachable) this.cutAll();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cutAll();
    this.#agent.destroy();
    await once(this.#server, "close");
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => {});
    try {
      const body = await bytesOf(message);
      const contentType = message.headers["content-type"] ?? "";
      const operation = operationOf(message, contentType, body);
      const count = this.requests(operation) + 1;
      this.#requests.set(operation, count);
      const request = { operation, count, contentType, body };
      const fault = this.#faultOf(request);
      if (fault === undefined) await this.#pass(message, body, response);
      else await this.#fail(fault, request, message, response);
      await this.#noteAnswered(operation);
    } catch {
      // The client has gone, or the server has: the other side sees a broken connection.
      response.destroy();
    }
  }

  #faultOf(request: ProxiedRequest): Fault | undefined {
    for (const inForce of this.#rules) {
      const { operation, when, times, fault } = inForce.rule;
      if (operation !== undefined && operation !== request.operation) continue;
      if (times !== undefined && inForce.count >= times) continue;
      if (when?.(request) === false) continue;
      inForce.count++;
      return fault;
    }
    return undefined;
  }

  async #fail(
    fault: Fault,
    { operation, contentType, body }: ProxiedRequest,
    message: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    switch (fault.kind) {
      case "error": {
        if (fault.afterEffect === true) await this.#ask(message, body);
        const said = errorBody(fault.answer, contentType);
        reply(response, {
          status: fault.answer.status,
          headers: { "content-type": said.contentType },
          body: Buffer.from(said.body),
        });
        return;
      }
      case "silence":
        if (fault.afterEffect) await this.#ask(message, body);
        return;
      case "cut":
        if (fault.afterEffect) await this.#ask(message, body);
        response.destroy();
        return;
      case "late": {
        const afterAnswered = (this.#answered.get(operation) ?? 0) + 1 + fault.behind;
        this.#heldBack.push({ operation, afterAnswered, message, body });
        response.destroy();
        return;
      }
      case "duplicate":
        await this.#ask(message, body);
        reply(response, await this.#ask(message, body));
        return;
      case "partial": {
        const { forwarded, answer } = fault.split(body, operation);
        const {
          status,
          headers,
          body: given,
        } = forwarded === undefined
          ? { status: 200, headers: { "content-type": contentType }, body: Buffer.alloc(0) }
          : await this.#ask(message, forwarded);
        reply(response, { status, headers, body: answer(given) });
        return;
      }
      case "delay":
        await new Promise<void>((resolve) => this.#options.clock.schedule(fault.delayMs, resolve));
        await this.#pass(message, body, response);
        return;
      default:
        fault satisfies never;
    }
  }

  async #noteAnswered(operation: string): Promise<void> {
    const answered = (this.#answered.get(operation) ?? 0) + 1;
    this.#answered.set(operation, answered);
    const isDue = (held: HeldBack) => held.operation === operation && held.afterAnswered <= answered;
    const due = this.#heldBack.filter(isDue);
    this.#heldBack = this.#heldBack.filter((held) => !isDue(held));
    for (const { message, body } of due) await this.#ask(message, body);
  }

  /** Sends it on and streams the answer back as it comes. */
  async #pass(message: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const answer = await this.#send(message, body);
    response.writeHead(answer.statusCode ?? 502, headersOf(answer));
    answer.pipe(response);
    response.once("close", () => answer.destroy());
    await once(response, "close");
  }

  async #ask(message: IncomingMessage, body: Buffer): Promise<Answer> {
    const answer = await this.#send(message, body);
    return { status: answer.statusCode ?? 502, headers: headersOf(answer), body: await bytesOf(answer) };
  }

  async #send(message: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { target: given } = this.#options;
    const server = typeof given === "string" ? given : given(message);
    if (server === undefined) throw new Error("the server cannot be reached");
    const target = new URL(message.url ?? "/", server);
    const headers = { ...headersOf(message), "content-length": String(body.length) };
    const outgoing = httpRequest(target, { method: message.method ?? "POST", headers, agent: this.#agent });
    outgoing.end(body);
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    return answer;
  }
}

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, "content-length": String(body.length) } as Record<string, string>);
  response.end(body);
}

function headersOf({ headers }: IncomingMessage): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name]) => !NOT_FORWARDED.has(name));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
