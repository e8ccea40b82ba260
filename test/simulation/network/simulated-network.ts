import type { RegionId } from "#shared/domain/ids.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { LinkAnswer, LinkHandler, RegionLink } from "#shared/ports/region-link.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";
import type { SimulatedRandom } from "#test/simulation/chance/simulated-random.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { VirtualTime } from "#test/simulation/time/virtual-time.ts";
import type { Trace } from "#test/simulation/trace.ts";
import { copied } from "./copied.ts";
import { distanceMs } from "./distance.ts";
import { fairWeather, type LinkWeather } from "./link-weather.ts";

type Kind = keyof LinkProtocol;
type AnyHandler = (from: RegionId, request: unknown) => Promise<unknown>;

/** A Region's end of the network while it lives. */
interface End {
  readonly life: Life;
  readonly handlers: Map<Kind, AnyHandler>;
}

/** A message that is about to be sent. */
export interface Message {
  readonly from: RegionId;
  readonly to: RegionId;
  readonly kind: Kind;
  /** What is asked, or the answer to it. */
  readonly body: unknown;
  readonly isRequest: boolean;
  /** A copy of it arrives after so long, whatever became of the message itself. */
  again(afterMs: number): void;
}

/** What meets single messages, beside the weather: it is lost, or comes so much later, ms. */
export type Interceptor = (message: Message) => "lost" | number | undefined;

/** The links between Regions: each direction of each pair has a weather of its own, and messages meet what the seed says. */
export class SimulatedNetwork {
  readonly #time: VirtualTime;
  readonly #random: SimulatedRandom;
  readonly #trace: Trace;
  readonly #ends = new Map<RegionId, End>();
  readonly #weather = new Map<RegionId, Map<RegionId, LinkWeather>>();
  readonly #cuts = new Map<string, number>();
  readonly #interceptors = new Set<Interceptor>();
  #messages = 0;

  constructor(time: VirtualTime, random: SimulatedRandom, trace: Trace) {
    this.#time = time;
    this.#random = random;
    this.#trace = trace;
  }

  /** How many messages were sent. */
  get messages(): number {
    return this.#messages;
  }

  /** The weather of one direction, to be changed in place. */
  weather(from: RegionId, to: RegionId): LinkWeather {
    const known = this.#weather.get(from)?.get(to);
    if (known !== undefined) return known;
    const fresh = fairWeather(distanceMs(from, to));
    const ways = this.#weather.get(from) ?? new Map<RegionId, LinkWeather>();
    this.#weather.set(from, ways.set(to, fresh));
    return fresh;
  }

  /** Nothing comes through in this direction any more, until as many `mend`s. */
  cut(from: RegionId, to: RegionId): void {
    this.#cuts.set(`${from} ${to}`, (this.#cuts.get(`${from} ${to}`) ?? 0) + 1);
    this.weather(from, to).isCut = true;
  }

  mend(from: RegionId, to: RegionId): void {
    const left = (this.#cuts.get(`${from} ${to}`) ?? 0) - 1;
    this.#cuts.set(`${from} ${to}`, Math.max(0, left));
    if (left <= 0) this.weather(from, to).isCut = false;
  }

  /** Shows every message to somebody who may meddle with it. */
  intercept(interceptor: Interceptor): Subscription {
    this.#interceptors.add(interceptor);
    return { cancel: () => this.#interceptors.delete(interceptor) };
  }

  /** The port of a Region that has just started; the one that it had before is dead. */
  connect(self: RegionId, life: Life, rate: number): RegionLink {
    const end: End = { life, handlers: new Map() };
    this.#ends.set(self, end);
    return {
      self,
      request: (to, kind, request, timeoutMs) =>
        this.#request(self, life, to, kind, request, timeoutMs / rate),
      serve: <K extends Kind>(kind: K, handler: LinkHandler<K>) => {
        end.handlers.set(kind, handler as unknown as AnyHandler);
      },
    };
  }

  #request<K extends Kind>(
    self: RegionId,
    life: Life,
    to: RegionId,
    kind: K,
    request: LinkProtocol[K]["request"],
    timeoutMs: number,
  ): Promise<LinkAnswer<LinkProtocol[K]["answer"]>> {
    type Answer = LinkAnswer<LinkProtocol[K]["answer"]>;
    return new Promise<Answer>((resolve) => {
      const timeout = life.later(timeoutMs, () => resolve({ ok: false, error: "unreachable" }));
      const answered = (answer: unknown) => {
        if (life.isOver) return;
        timeout.cancel();
        resolve({ ok: true, answer: answer as LinkProtocol[K]["answer"] });
      };
      const arrive = (arrived: unknown) => this.#deliver(self, to, kind, arrived, answered);
      this.#send(self, to, kind, request, arrive, true);
    });
  }

  /** A request arrives: whoever lives there now answers it, once for each time that it arrives. */
  #deliver(
    from: RegionId,
    to: RegionId,
    kind: Kind,
    request: unknown,
    answered: (answer: unknown) => void,
  ): void {
    const end = this.#ends.get(to);
    const handler = end?.handlers.get(kind);
    if (end === undefined || end.life.isOver || handler === undefined) return;
    handler(from, request).then(
      (answer) => {
        if (end.life.isOver) return;
        this.#send(to, from, kind, answer, answered, false);
      },
      (error: unknown) => {
        // A store that failed has nothing to say; whoever owns it knows. Anything else is wrong.
        if (!(error instanceof OperatingError)) throw error;
        this.#trace.note("cannot answer", to, kind, error.message);
      },
    );
  }

  /** What arrives is a copy of its own, each time: the two ends of a link share nothing. */
  #send(
    from: RegionId,
    to: RegionId,
    kind: Kind,
    message: unknown,
    arrive: (message: unknown) => void,
    isRequest: boolean,
  ): void {
    this.#messages++;
    const random = this.#random;
    const met = this.#meet({
      from,
      to,
      kind,
      body: message,
      isRequest,
      again: (afterMs) => this.#arriveAfter(afterMs, from, to, "arrived once more", kind, message, arrive),
    });
    const weather = this.weather(from, to);
    if (met === "lost" || weather.isCut || random.perMille(weather.lostPerMille)) {
      this.#trace.note("lost", from, to, kind);
      return;
    }
    const copies = random.perMille(weather.doubledPerMille) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      let delay = met + weather.delayMs + random.exponential(weather.jitterMs);
      if (random.perMille(weather.heldUpPerMille)) delay += random.exponential(weather.heldUpMs);
      this.#arriveAfter(delay, from, to, copies > 1 ? "arrived, doubled" : "arrived", kind, message, arrive);
    }
    if (random.perMille(weather.repeatedPerMille)) {
      const delay = weather.delayMs + random.exponential(weather.repeatedAfterMs);
      this.#arriveAfter(delay, from, to, "arrived once more", kind, message, arrive);
    }
  }

  #meet(message: Message): "lost" | number {
    let delayMs = 0;
    for (const interceptor of this.#interceptors) {
      const met = interceptor(message);
      if (met === "lost") return "lost";
      delayMs += met ?? 0;
    }
    return delayMs;
  }

  #arriveAfter(
    delayMs: number,
    from: RegionId,
    to: RegionId,
    how: string,
    kind: Kind,
    message: unknown,
    arrive: (message: unknown) => void,
  ): void {
    const weather = this.weather(from, to);
    const sent = copied(message);
    this.#time.schedule(delayMs, () => {
      // What is under way when a link is cut does not arrive either, mostly.
      if (weather.isCut && !this.#random.perMille(100)) return;
      this.#trace.note(how, from, to, kind);
      arrive(sent);
    });
  }
}
