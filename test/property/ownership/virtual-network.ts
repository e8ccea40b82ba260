import type { RegionId } from "#shared/domain/ids.ts";
import type { Random } from "#shared/ports/random.ts";
import type { LinkAnswer, RegionLink } from "#shared/ports/region-link.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";
import type { Life, VirtualTime } from "./virtual-time.ts";

/** How bad the network is. Rates are in percent of messages. */
export interface Weather {
  readonly loss: number;
  readonly duplication: number;
  readonly delayMsMax: number;
}

export const FAIR: Weather = { loss: 0, duplication: 0, delayMsMax: 20 };

type AnyHandler = (from: RegionId, request: unknown) => Promise<unknown>;

interface Server {
  readonly life: Life;
  readonly handlers: Map<string, AnyHandler>;
}

/** The links between Regions: messages get lost, late, doubled and out of order; ways are cut, each direction by itself. */
export class VirtualNetwork {
  weather: Weather = FAIR;
  readonly cuts = new Set<string>();
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #servers = new Map<RegionId, Server>();

  constructor(time: VirtualTime, random: Random) {
    this.#time = time;
    this.#random = random;
  }

  cut(from: RegionId, to: RegionId): void {
    this.cuts.add(`${from}>${to}`);
  }

  /** The link of one life of a Region; from now on it serves the Region. */
  linkOf(self: RegionId, life: Life): RegionLink {
    const handlers = new Map<string, AnyHandler>();
    this.#servers.set(self, { life, handlers });
    return {
      self,
      request: <K extends keyof LinkProtocol>(
        to: RegionId,
        kind: K,
        request: LinkProtocol[K]["request"],
        timeoutMs: number,
      ) => {
        type Answer = LinkAnswer<LinkProtocol[K]["answer"]>;
        const { promise, resolve } = Promise.withResolvers<Answer>();
        const settle = (answer: Answer) => {
          if (life.isAlive) resolve(answer);
        };
        this.#time.schedule(timeoutMs, () => settle({ ok: false, error: "unreachable" }));
        if (!life.isAlive) return promise;
        this.#send(self, to, () => {
          const server = this.#servers.get(to);
          if (!server?.life.isAlive) return;
          server.handlers
            .get(kind)?.(self, structuredClone(request))
            .then((answer) => {
              if (server.life.isAlive)
                this.#send(to, self, () => settle({ ok: true, answer: structuredClone(answer) as never }));
            });
        });
        return promise;
      },
      serve: (kind, handler) => {
        handlers.set(kind, handler as AnyHandler);
      },
    };
  }

  #send(from: RegionId, to: RegionId, deliver: () => void): void {
    const { loss, duplication, delayMsMax } = this.weather;
    const copies = this.#random.below(100) < duplication ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (this.#random.below(100) < loss) continue;
      this.#time.schedule(1 + this.#random.below(delayMsMax), () => {
        if (!this.cuts.has(`${from}>${to}`)) deliver();
      });
    }
  }
}
