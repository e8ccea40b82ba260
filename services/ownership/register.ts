import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type {
  AcceptAnswer,
  AcceptedValue,
  Acceptor,
  AcceptorMemory,
  Ballot,
  PrepareAnswer,
} from "#shared/ports/acceptor.ts";
import { compareBallots } from "#shared/ports/acceptor-memory.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";
import { askAll, majorityOf, type RegionAnswer } from "./ask-all.ts";
import { pause } from "./pause.ts";

export interface RegisterOptions {
  readonly shard: ShardId;
  /** The Regions that have an acceptor, the own one among them: the same everywhere and for ever. */
  readonly regions: readonly RegionId[];
  readonly link: RegionLink;
  /** The own Region's. */
  readonly acceptor: Acceptor;
  readonly clock: Clock;
  readonly random: Random;
  /** How long another Region's answer is waited for. */
  readonly timeoutMs: number;
  /** Rounds of one change; 8 by default. */
  readonly maxRounds?: number;
}

/**
 * Why a change is not known to have happened. `unreachable`, `contended`: it did not and never will: no majority answered, or others were always quicker.
 * `ambiguous`: it may have happened or may still; a read that succeeds afterwards decides it.
 */
export type RegisterError = "unreachable" | "contended" | "ambiguous";

export type ChangeResult =
  | { readonly ok: true; readonly changed: boolean; readonly record: OwnershipRecord | undefined }
  | { readonly ok: false; readonly error: RegisterError };

export type ReadResult =
  | { readonly ok: true; readonly record: OwnershipRecord | undefined }
  | { readonly ok: false; readonly error: RegisterError };

const DEFAULT_MAX_ROUNDS = 8;
/** The first wait after a conflict is shorter than this; each further one may be twice as long. */
const BACKOFF_MS = 20;

/**
 * A proposer of the ownership register of one shard: CASPaxos (Rystsov, arXiv:1802.07000), a linearizable register over one acceptor a Region. One object a
 * Region and shard: ballots are numbered here, above all that the own acceptor ever promised, so none is used twice, whenever the process died.
 */
export class Register {
  readonly #options: RegisterOptions;
  readonly #majority: number;
  /** The highest ballot counter known; `undefined` until the own acceptor has told what it promised. */
  #counter: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #contactAt = Number.NEGATIVE_INFINITY;

  constructor(options: RegisterOptions) {
    this.#options = options;
    this.#majority = majorityOf(options.regions.length);
  }

  /** Monotonic ms since a majority of acceptors last answered; `Infinity` if none has. */
  silenceMs(): number {
    return this.#options.clock.monotonic() - this.#contactAt;
  }

  /** The record as of some moment between call and answer. Disturbs nobody while no change is under way. */
  async read(): Promise<ReadResult> {
    const settled = await this.#readSettled();
    if (settled !== undefined) return { ok: true, record: settled.record };
    const result = await this.change(() => undefined);
    return result.ok ? { ok: true, record: result.record } : result;
  }

  /**
   * Replaces the record by what `next` makes of it, at one moment between call and answer; nothing changes in between. `next` returns `undefined` to leave it
   * as it is. It may be called several times, so it does nothing but compute. Changes of one object happen one after the other.
   */
  change(next: (record: OwnershipRecord | undefined) => OwnershipRecord | undefined): Promise<ChangeResult> {
    const result = this.#turn.then(() => this.#change(next));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #change(
    next: (record: OwnershipRecord | undefined) => OwnershipRecord | undefined,
  ): Promise<ChangeResult> {
    /** What this change sent out without a majority's answer: any of it may stand somewhere, and be taken up by anyone. */
    const sent: AcceptedValue[] = [];
    const failed = (error: RegisterError): ChangeResult => ({
      ok: false,
      error: sent.length > 0 ? "ambiguous" : error,
    });
    for (let round = 0; round < (this.#options.maxRounds ?? DEFAULT_MAX_ROUNDS); round++) {
      if (round > 0) await this.#backOff(round);
      const own = await this.#newBallot();
      if (own === undefined) return failed("unreachable");
      const { ballot } = own;
      const prepared = await this.#prepare(own);
      if (prepared.verdict === "unreachable") return failed("unreachable");
      if (prepared.verdict === "conflict") continue;

      const newest = newestOf(prepared.promises);
      const mine = sent.find((one) => isSame(one.ballot, newest?.ballot));
      if (
        mine === undefined &&
        newest !== undefined &&
        sent.some((one) => isLower(one.ballot, newest.ballot))
      )
        return failed("ambiguous"); // Another's value; it may have been made from ours.
      const wanted = mine === undefined ? next(newest?.value) : mine.value;
      const value = wanted ?? newest?.value;
      const changed = wanted !== undefined;
      if (value === undefined)
        return sent.length > 0 ? failed("ambiguous") : { ok: true, changed, record: undefined };
      if (
        !changed &&
        sent.length === 0 &&
        prepared.promises.every((one) => isSame(one?.ballot, newest?.ballot))
      )
        return { ok: true, changed, record: value }; // A majority holds it already.

      if (changed) sent.push({ ballot, value });
      const accepted = await this.#accept(ballot, value);
      if (accepted === "done") return { ok: true, changed, record: value };
      if (accepted === "unreachable") return failed("unreachable");
    }
    return failed("contended");
  }

  /** The record, if a majority holds one and the same; `undefined` if that is not seen at a glance. */
  async #readSettled(): Promise<{ readonly record: OwnershipRecord | undefined } | undefined> {
    const { regions, shard } = this.#options;
    const settledBy = (answers: readonly RegionAnswer<AcceptorMemory>[]) =>
      answers.find(
        ({ answer }) =>
          answer !== undefined &&
          answers.filter(
            (other) =>
              other.answer !== undefined && isSame(other.answer.accepted?.ballot, answer.accepted?.ballot),
          ).length >= this.#majority,
      )?.answer;
    const answers = await askAll<AcceptorMemory>(
      regions,
      (region) =>
        region === this.#self
          ? this.#options.acceptor.read(shard)
          : this.#request(region, "acceptor.read", { shard }),
      (so) => settledBy(so) !== undefined,
    );
    const settled = settledBy(answers);
    if (settled !== undefined) this.#noteContact();
    return settled === undefined ? undefined : { record: settled.accepted?.value };
  }

  /**
   * A ballot above all known ones that the own acceptor has promised durably: so no later process of this Region takes it again. The promise counts as the own acceptor's answer in the round that
   * follows: it holds, whatever comes in between, so that acceptor writes once and not twice. `undefined`: it does not answer as it should.
   */
  async #newBallot(): Promise<OwnPromise | undefined> {
    const { acceptor, shard } = this.#options;
    try {
      this.#counter ??= (await acceptor.read(shard)).promised?.counter ?? 0;
      for (;;) {
        const ballot = { counter: ++this.#counter, region: this.#self };
        const answer = await acceptor.prepare(shard, ballot);
        if (answer.ok) return { ballot, answer };
        this.#counter = Math.max(this.#counter, answer.promised.counter);
      }
    } catch {
      return undefined; // Whoever opened the acceptor was told why (`onFailure`).
    }
  }

  async #prepare({ ballot, answer: promised }: OwnPromise): Promise<Prepared> {
    const { regions, shard } = this.#options;
    const answers = await askAll<PrepareAnswer>(
      regions,
      (region) =>
        region === this.#self
          ? Promise.resolve(promised)
          : this.#request(region, "acceptor.prepare", { shard, ballot }),
      (so) => this.#isDecided(so),
    );
    const verdict = this.#judge(answers);
    const promises = answers.flatMap(({ answer }) => (answer?.ok ? [answer.accepted] : []));
    return { verdict, promises };
  }

  async #accept(ballot: Ballot, value: OwnershipRecord): Promise<Verdict> {
    const { regions, shard, acceptor } = this.#options;
    const answers = await askAll<AcceptAnswer>(
      regions,
      (region) =>
        region === this.#self
          ? acceptor.accept(shard, ballot, value)
          : this.#request(region, "acceptor.accept", { shard, ballot, value }),
      (so) => this.#isDecided(so),
    );
    return this.#judge(answers);
  }

  /** A majority agreed, or cannot any more. */
  #isDecided(answers: readonly RegionAnswer<YesOrNo>[]): boolean {
    const yes = answers.filter(({ answer }) => answer?.ok).length;
    const open = this.#options.regions.length - answers.length;
    return yes >= this.#majority || yes + open < this.#majority;
  }

  #judge(answers: readonly RegionAnswer<YesOrNo>[]): Verdict {
    for (const { answer } of answers)
      if (answer !== undefined && !answer.ok)
        this.#counter = Math.max(this.#counter ?? 0, answer.promised.counter);
    const answered = answers.filter(({ answer }) => answer !== undefined);
    if (answered.length >= this.#majority) this.#noteContact();
    if (answered.filter(({ answer }) => answer?.ok).length >= this.#majority) return "done";
    return answered.some(({ answer }) => answer?.ok === false) ? "conflict" : "unreachable";
  }

  async #request<K extends "acceptor.read" | "acceptor.prepare" | "acceptor.accept">(
    region: RegionId,
    kind: K,
    request: LinkProtocol[K]["request"],
  ): Promise<LinkProtocol[K]["answer"] | undefined> {
    const result = await this.#options.link.request(region, kind, request, this.#options.timeoutMs);
    return result.ok ? result.answer : undefined;
  }

  /** Waits for a moment drawn at random, so that two who collide do not collide for ever. */
  async #backOff(round: number): Promise<void> {
    const { clock, random } = this.#options;
    await pause(clock, 1 + random.below(BACKOFF_MS << Math.min(round - 1, 5)));
  }

  #noteContact(): void {
    this.#contactAt = this.#options.clock.monotonic();
  }

  get #self(): RegionId {
    return this.#options.link.self;
  }
}

type YesOrNo = { readonly ok: true } | { readonly ok: false; readonly promised: Ballot };
type Verdict = "done" | "conflict" | "unreachable";

/** A ballot, and what the own acceptor answered to it. */
interface OwnPromise {
  readonly ballot: Ballot;
  readonly answer: PrepareAnswer;
}

interface Prepared {
  readonly verdict: Verdict;
  /** What each acceptor of the majority had accepted. */
  readonly promises: readonly (AcceptedValue | undefined)[];
}

function newestOf(promises: readonly (AcceptedValue | undefined)[]): AcceptedValue | undefined {
  return promises.reduce(
    (newest, one) =>
      one !== undefined && (newest === undefined || isLower(newest.ballot, one.ballot)) ? one : newest,
    undefined,
  );
}

function isSame(left: Ballot | undefined, right: Ballot | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return compareBallots(left, right) === 0;
}

function isLower(left: Ballot, right: Ballot): boolean {
  return compareBallots(left, right) < 0;
}
