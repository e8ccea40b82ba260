import type { z } from "zod";
import { LOCATION_HEADER } from "#local/edge/client-location.ts";
import type { MERIDIAN_OPERATIONS } from "#services/gateway/meridian-operations.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { ERRORS } from "#shared/protocol/errors.ts";

type Answer<K extends keyof typeof MERIDIAN_OPERATIONS> = z.output<(typeof MERIDIAN_OPERATIONS)[K]["answer"]>;
export type RegionsAnswer = Answer<"regions">;
export type OwnershipAnswer = Answer<"ownership">;
export type MarketsAnswer = Answer<"markets">;
export type MarketStateAnswer = Answer<"marketState">;
export type PromoteAnswer = Answer<"promote">;
export type ReconciliationsAnswer = Answer<"reconciliations">;
export type QueuesAnswer = Answer<"queues">;
export type RedriveAnswer = Answer<"redrive">;
export type SnapshotsAnswer = Answer<"snapshots">;
export type TakeSnapshotAnswer = Answer<"takeSnapshot">;
export type DigestsAnswer = Answer<"digests">;
export type ReplayAnswer = Answer<"replay">;
export type RebuildAnswer = Answer<"rebuildProjections">;
export type CheckLedgerAnswer = Answer<"checkLedger">;
export type AuditAnswer = Answer<"audit">;

/** What the edge says of the Regions behind it. */
export interface EdgeAnswer {
  readonly nearest: string | null;
  readonly regions: readonly {
    readonly region: string;
    readonly healthy: boolean;
    readonly reasons: readonly string[];
  }[];
  readonly locations: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The platform did not answer, or refused. */
export class PlatformRefused extends OperatingError {
  override readonly name = "PlatformRefused";
  /** Of the catalogue of errors; 0 where nothing answered, or nobody was asked. */
  readonly code: number;

  constructor(message: string, code = 0) {
    super(message);
    this.code = code;
  }
}

/** A Region that can be asked, and by which way: a place from which the edge leads to it, or the address of its own. */
export interface Door {
  readonly region: string;
  readonly place: string;
}

/** An answer takes so long at most where nothing else is said; ms. */
export const WAIT_MS = 60_000;
/** Before it is asked again how far something is that is still being done. */
const AGAIN_MS = 1000;
const clock = systemClock();

/** The platform through its public and its operator's routes: at an edge that leads to every Region, or at the addresses of Regions. */
export class Platform {
  readonly #urls: readonly string[];
  readonly #token: string | undefined;
  readonly #waitMs: number;

  /** Several addresses are divided by commas. */
  constructor(urls: string, token: string | undefined, waitMs = WAIT_MS) {
    this.#urls = urls.split(",").map((url) => url.trim().replace(/\/$/, ""));
    this.#token = token;
    this.#waitMs = waitMs;
  }

  /** `undefined` at the addresses of Regions, which have no edge before them. */
  async edge(): Promise<EdgeAnswer | undefined> {
    if (this.#urls.length > 1) return undefined;
    const response = await this.#fetch("/edge/v1/regions");
    return response.ok ? ((await response.json()) as EdgeAnswer) : undefined;
  }

  /** How things stand as each Region sees them. */
  async sights(): Promise<readonly RegionsAnswer[]> {
    const edge = await this.edge();
    const places = edge === undefined ? this.#urls : nearPlaces(edge);
    const answers = await Promise.all(
      places.map((place) => this.get<RegionsAnswer>("/meridian/v1/regions", place)),
    );
    return [...new Map(answers.map((answer) => [answer.region, answer])).values()];
  }

  /** The Regions that answer, or the one that is named. Throws `PlatformRefused` where that one does not. */
  async doors(named?: string): Promise<readonly Door[]> {
    const edge = await this.edge();
    const doors =
      edge === undefined
        ? await this.#ownDoors()
        : edge.regions
            .filter(({ healthy }) => healthy)
            .map(({ region }) => ({ region, place: nearestPlace(edge, region) }));
    const meant = doors.filter(({ region }) => named === undefined || region === named);
    if (meant.length > 0) return meant;
    throw new PlatformRefused(
      named === undefined
        ? "no Region is healthy"
        : `the Region ${named} does not answer; ${doors.map(({ region }) => region).join(", ")} do`,
    );
  }

  /** Asks what only operators may see. Throws `PlatformRefused`, also where there is no operator's token. */
  look<T>(path: string, place?: string): Promise<T> {
    this.#needToken();
    return this.get<T>(path, place);
  }

  /** Throws `PlatformRefused`. */
  async get<T>(path: string, place?: string): Promise<T> {
    return this.#ended(async () => this.#answer<T>(await this.#fetch(path, { place }), path));
  }

  /** The way to a Region; `undefined` where none of the addresses is its own. */
  async placeNear(region: string): Promise<string | undefined> {
    const edge = await this.edge();
    if (edge !== undefined) return nearestPlace(edge, region);
    return (await this.#ownDoors()).find((door) => door.region === region)?.place;
  }

  /** Throws `PlatformRefused`, also where there is no operator's token. */
  async post<T>(path: string, body: object, place?: string): Promise<T> {
    this.#needToken();
    const text = JSON.stringify(body);
    return this.#ended(async () => this.#answer<T>(await this.#fetch(path, { place, body: text }), path));
  }

  /** Asks again for what is still being done, until it is or the time is over: no load balancer waits as long as the replay of a log takes. */
  async #ended<T>(ask: () => Promise<T>): Promise<T> {
    const until = clock.monotonic() + this.#waitMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const isUnderWay = error instanceof PlatformRefused && error.code === ERRORS.UNDER_WAY.code;
        if (!isUnderWay || clock.monotonic() + AGAIN_MS > until) throw error;
      }
      await new Promise<void>((resolve) => void clock.schedule(AGAIN_MS, resolve));
    }
  }

  #needToken(): void {
    if (this.#token !== undefined) return;
    throw new PlatformRefused("this needs the operator's token: give it in MERIDIAN_OPERATOR_TOKEN");
  }

  /** Each address with the Region that answers there. */
  #ownDoors(): Promise<Door[]> {
    return Promise.all(
      this.#urls.map(async (url) => {
        const { region } = await this.get<RegionsAnswer>("/meridian/v1/regions", url);
        return { region, place: url };
      }),
    );
  }

  async #fetch(
    path: string,
    { place, body }: { readonly place?: string | undefined; readonly body?: string } = {},
  ): Promise<Response> {
    const [first = ""] = this.#urls;
    const isAddress = place !== undefined && this.#urls.includes(place);
    const url = isAddress ? place : first;
    const headers = {
      ...(place === undefined || isAddress ? {} : { [LOCATION_HEADER]: place }),
      ...(this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` }),
    };
    const sent =
      body === undefined
        ? { headers }
        : { method: "POST", body, headers: { ...headers, "Content-Type": "application/json" } };
    try {
      return await fetch(`${url}${path}`, { ...sent, signal: AbortSignal.timeout(this.#waitMs) });
    } catch (error) {
      if (isTimeout(error)) throw this.#late(path);
      const cause = (error as { cause?: { code?: string } }).cause?.code ?? String(error);
      throw new PlatformRefused(`${url} does not answer (${cause}); name the platform with --url`);
    }
  }

  async #answer<T>(response: Response, path: string): Promise<T> {
    const answer = (await response.json().catch((error: unknown) => {
      throw isTimeout(error) ? this.#late(path) : error;
    })) as T & { code?: number; msg?: string };
    if (response.ok) return answer;
    throw new PlatformRefused(
      `${path} was refused: ${answer.msg ?? response.status} (${answer.code ?? response.status})`,
      answer.code,
    );
  }

  #late(path: string): PlatformRefused {
    return new PlatformRefused(
      `${path} was not answered within ${this.#waitMs / 1000} s; --wait gives it more`,
    );
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

/** For each healthy Region the place that is nearest to it. */
function nearPlaces(edge: EdgeAnswer): string[] {
  return edge.regions.filter(({ healthy }) => healthy).map(({ region }) => nearestPlace(edge, region));
}

function nearestPlace({ locations }: EdgeAnswer, region: string): string {
  const far = Number.POSITIVE_INFINITY;
  const [[place = ""] = []] = Object.entries(locations).toSorted(
    ([, a], [, b]) => (a[region] ?? far) - (b[region] ?? far),
  );
  return place;
}
