import type { z } from "zod";
import { LOCATION_HEADER } from "#local/edge/client-location.ts";
import type { MERIDIAN_OPERATIONS } from "#services/gateway/meridian-operations.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";

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

/** A Region that can be asked, and the place from which the edge leads to it; none at a gateway, which has no edge before it. */
export interface Door {
  readonly region: string;
  readonly place: string | undefined;
}

/** An answer takes so long at most where nothing else is said; ms. */
export const WAIT_MS = 60_000;

/** The platform through its public and its operator's routes, at an edge or at one gateway. */
export class Platform {
  readonly #url: string;
  readonly #token: string | undefined;
  readonly #waitMs: number;

  constructor(url: string, token: string | undefined, waitMs = WAIT_MS) {
    this.#url = url.replace(/\/$/, "");
    this.#token = token;
    this.#waitMs = waitMs;
  }

  /** `undefined` at a gateway, which has no edge before it. */
  async edge(): Promise<EdgeAnswer | undefined> {
    const response = await this.#fetch("/edge/v1/regions");
    return response.ok ? ((await response.json()) as EdgeAnswer) : undefined;
  }

  /** How things stand as each Region sees them, asked through the edge from a place near it. */
  async sights(): Promise<readonly RegionsAnswer[]> {
    const edge = await this.edge();
    const places = edge === undefined ? [undefined] : nearPlaces(edge);
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
        ? [{ region: (await this.get<RegionsAnswer>("/meridian/v1/regions")).region, place: undefined }]
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
    return this.#answer<T>(
      await this.#fetch(path, place === undefined ? {} : { [LOCATION_HEADER]: place }),
      path,
    );
  }

  /** A place from which the edge leads to the Region; `undefined` where there is no edge. */
  async placeNear(region: string): Promise<string | undefined> {
    const edge = await this.edge();
    return edge === undefined ? undefined : nearestPlace(edge, region);
  }

  /** Throws `PlatformRefused`, also where there is no operator's token. */
  async post<T>(path: string, body: object, place?: string): Promise<T> {
    this.#needToken();
    const near = place === undefined ? {} : { [LOCATION_HEADER]: place };
    const headers = { "Content-Type": "application/json", ...near };
    return this.#answer<T>(await this.#fetch(path, headers, "POST", JSON.stringify(body)), path);
  }

  #needToken(): void {
    if (this.#token !== undefined) return;
    throw new PlatformRefused("this needs the operator's token: give it in MERIDIAN_OPERATOR_TOKEN");
  }

  async #fetch(
    path: string,
    headers: Record<string, string> = {},
    method = "GET",
    body?: string,
  ): Promise<Response> {
    const authorization = this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` };
    try {
      return await fetch(`${this.#url}${path}`, {
        method,
        headers: { ...headers, ...authorization },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(this.#waitMs),
      });
    } catch (error) {
      if (isTimeout(error)) throw this.#late(path);
      const cause = (error as { cause?: { code?: string } }).cause?.code ?? String(error);
      throw new PlatformRefused(`${this.#url} does not answer (${cause}); name the platform with --url`);
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
