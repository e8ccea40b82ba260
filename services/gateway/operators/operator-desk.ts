import type { Request } from "express";
import type { AuditEntry, AuditQuery, AuditTrail } from "#shared/ports/audit-trail.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import { ApiError, ERRORS } from "#shared/protocol/errors.ts";
import { plainAddress } from "../rest/client-network.ts";
import type { Operators } from "./operators.ts";

export interface OperatorDeskDependencies {
  readonly operators: Operators;
  readonly trail: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  /** The trail did not take an entry: what it tells of was refused, or, if it had been done already, is missing an end. */
  readonly onAuditFailure: (error: unknown, entry: AuditEntry) => void;
}

/** Refusals of strangers that are written down in a minute: more of them say nothing new, and must not fill the disk. */
const STRANGERS_MAX = 60;
const MINUTE_MS = 60_000;
const REQUEST_CHARACTERS_MAX = 1000;

/**
 * Where operators come to: knows them by their tokens, and lets nothing happen of which the audit trail does not know. What changes something goes through {@link act}, what only shows something
 * through {@link admit}.
 */
export class OperatorDesk {
  readonly #dependencies: OperatorDeskDependencies;
  #lastTime = 0;
  #strangers = 0;
  #strangersSince = 0;

  constructor(dependencies: OperatorDeskDependencies) {
    this.#dependencies = dependencies;
  }

  /** `undefined` for whoever is no operator. */
  operatorOf(request: Request): string | undefined {
    return this.#dependencies.operators.of(request);
  }

  /** Lets an operator look. Throws UNAUTHORIZED for anybody else, and writes that down. */
  async admit(request: Request, operation: string): Promise<string> {
    const operator = this.operatorOf(request);
    if (operator !== undefined) return operator;
    await this.#noteStranger(request, operation);
    throw new ApiError("UNAUTHORIZED");
  }

  /**
   * Lets an operator do something: first what is asked and by whom is written down, then it is done, then what came of it is written down. Throws UNAUTHORIZED for anybody else and AUDIT_NOT_WRITTEN where the trail cannot be
   * written, and nothing is done then.
   */
  async act<T>(
    request: Request,
    operation: string,
    asked: object,
    work: (operator: string) => Promise<T>,
  ): Promise<T> {
    const operator = await this.admit(request, operation);
    const text = JSON.stringify(asked).slice(0, REQUEST_CHARACTERS_MAX);
    const begun = this.#entry({ request, operator, operation, text, outcome: "begun" });
    if (!(await this.#write(begun))) throw new ApiError("AUDIT_NOT_WRITTEN");
    const end = (outcome: AuditEntry["outcome"], code: number) => {
      const { id, time } = this.#stamp();
      return this.#write({ ...begun, id, time, outcome, code });
    };
    try {
      const result = await work(operator);
      await end("done", 0);
      return result;
    } catch (error) {
      if (error instanceof ApiError) await end("refused", error.entry.code);
      else await end("failed", ERRORS.UNKNOWN.code);
      throw error;
    }
  }

  /** What operators did, the newest first. */
  read(query: AuditQuery): Promise<readonly AuditEntry[]> {
    return this.#dependencies.trail.read(query);
  }

  async #noteStranger(request: Request, operation: string): Promise<void> {
    const now = this.#dependencies.clock.monotonic();
    if (now - this.#strangersSince >= MINUTE_MS) {
      this.#strangersSince = now;
      this.#strangers = 0;
    }
    if (++this.#strangers > STRANGERS_MAX) return;
    const { code } = ERRORS.UNAUTHORIZED;
    // Nothing that a stranger sent is kept but where it came from.
    const entry = this.#entry({ request, operator: "", operation, text: "{}", outcome: "refused", code });
    await this.#write(entry);
  }

  #entry(given: {
    readonly request: Request;
    readonly operator: string;
    readonly operation: string;
    readonly text: string;
    readonly outcome: AuditEntry["outcome"];
    readonly code?: number;
  }): AuditEntry {
    const { request, operator, operation, text, outcome, code = 0 } = given;
    const { id, time } = this.#stamp();
    const from = plainAddress(request.ip ?? "");
    return { id, action: id, time, operator, from, operation, request: text, outcome, code };
  }

  /** Ids rise strictly in this process; the random end keeps two processes apart. */
  #stamp(): { readonly id: string; readonly time: number } {
    const { clock, random } = this.#dependencies;
    this.#lastTime = Math.max(clock.now(), this.#lastTime + 1);
    const end = Buffer.from(random.bytes(4)).toString("hex");
    return { id: `${this.#lastTime.toString(36).padStart(9, "0")}-${end}`, time: this.#lastTime };
  }

  async #write(entry: AuditEntry): Promise<boolean> {
    try {
      await this.#dependencies.trail.write(entry);
      return true;
    } catch (error) {
      this.#dependencies.onAuditFailure(error, entry);
      return false;
    }
  }
}
