import type {
  ReconciliationMessage,
  WireAccountAdjustment,
  WireReconciliation,
} from "#shared/protocol/reconciliation-messages.ts";
import type { FinalMessage } from "#shared/protocol/region-messages.ts";
import { ApiFailure, callMeridian } from "./api.ts";
import type { PageSocket } from "./connection.ts";
import { settled } from "./provisional.ts";
import { concernsAsker, judgedFills, withReconciliations } from "./reconciliations.ts";
import type { PageState, Store } from "./store.ts";
import { judgedTape } from "./tape.ts";
import { untilAnswered } from "./until-answered.ts";

const PATIENCE_MS = 30_000;

/** How the Regions stand, what has become final, and what reconciliation made of the user's orders and trades. */
export class RegionFeed {
  readonly #store: Store;

  readonly #socket: PageSocket;
  /** Of these the session has asked for the verdicts. */
  #asked: { readonly session: PageState["session"]; readonly ids: Set<string> } = {
    session: undefined,
    ids: new Set(),
  };

  constructor(store: Store, socket: PageSocket) {
    this.#store = store;
    this.#socket = socket;
  }

  /** From now on. */
  listen(): void {
    this.#socket.on("region", (standing) => this.#store.set({ standing }));
    this.#socket.on("final", (final) => this.#settle(final));
    this.#socket.on("reconciliation", (reconciliation) => void this.#take(reconciliation));
  }

  /** What became of forks before the page was here, or while it was away. */
  async follow(): Promise<void> {
    const answer = await this.#ask<{ reconciliations: readonly ReconciliationMessage[] }>("/reconciliations");
    for (const each of answer?.reconciliations.toReversed() ?? []) await this.#take(each);
    await this.#loadAdjustments();
  }

  #settle(final: FinalMessage): void {
    const { orders, fills, tape } = this.#store.get();
    this.#store.set({
      orders: orders && settled(orders, final),
      fills: fills && settled(fills, final),
      tape: tape && settled(tape, final),
    });
  }

  /** Who is signed in asks for the verdicts of each reconciliation that is complete: once. */
  async #take(message: ReconciliationMessage): Promise<void> {
    const { session, reconciliations } = this.#store.get();
    this.#store.set({ reconciliations: withReconciliations(reconciliations, [message]) });
    if (message.state !== "reconciled") return;
    if (session === undefined || session === "unknown") {
      this.#judgeTape(message, []);
      return;
    }
    if (this.#asked.session !== session) this.#asked = { session, ids: new Set() };
    const { ids } = this.#asked;
    if (ids.has(message.id)) return;
    ids.add(message.id);
    if (!(await this.#load(message.id))) ids.delete(message.id);
    await this.#loadAdjustments();
  }

  #judgeTape(reconciliation: ReconciliationMessage, trades: WireReconciliation["trades"]): void {
    const { tape, symbol } = this.#store.get();
    this.#store.set({ tape: tape && judgedTape(tape, reconciliation, trades, symbol) });
  }

  /** False where it could not be had. */
  async #load(id: string): Promise<boolean> {
    const { session } = this.#store.get();
    const found = await this.#ask<WireReconciliation>(`/reconciliations/${encodeURIComponent(id)}`);
    const { session: now, details, fills = [] } = this.#store.get();
    if (found === undefined || session !== now) return false;
    this.#store.set({ fills: judgedFills(fills, found) });
    this.#judgeTape(found, found.trades);
    if (concernsAsker(found)) this.#store.set({ details: withReconciliations(details, [found]) });
    return true;
  }

  async #loadAdjustments(): Promise<void> {
    const { session } = this.#store.get();
    const answer = await this.#ask<{ adjustments: readonly WireAccountAdjustment[] }>(
      "/adjustments?limit=100",
    );
    if (answer !== undefined && session === this.#store.get().session)
      this.#store.set({ adjustments: answer.adjustments });
  }

  /** `undefined` where it cannot be had; the user has been told. */
  async #ask<T>(path: string): Promise<T | undefined> {
    try {
      return await untilAnswered(() => callMeridian<T>("GET", path), PATIENCE_MS);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      // Signed out meanwhile: there is nobody to be told of it.
      if (error.status !== 401) this.#store.notify("bad", error.message, "reconciliations");
      return undefined;
    }
  }
}
