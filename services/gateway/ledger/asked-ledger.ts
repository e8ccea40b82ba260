import type { BalanceCheck, EngineBalances } from "#services/ledger/check-balances.ts";
import { checkLiveBalances, type LiveCheckSources } from "#services/ledger/check-live-balances.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import type { LedgerReader } from "./ledger-routes.ts";

export interface AskedLedgerSources extends Omit<LiveCheckSources, "ledger"> {
  /** Opens it the first time, and gives the same afterwards; a failure is tried again. */
  readonly open: () => Promise<Pick<Ledger, "statement" | "holdings" | "balances">>;
}

/** The ledger as a gateway reads it that has no part in writing it: opened when somebody asks, and held against the engine when an operator does. */
export class AskedLedger implements LedgerReader {
  readonly #sources: AskedLedgerSources;
  readonly #checks = new Map<ShardId, BalanceCheck>();

  constructor(sources: AskedLedgerSources) {
    this.#sources = sources;
  }

  ledger() {
    return this.#sources.open();
  }

  checks(): readonly BalanceCheck[] {
    return [...this.#checks.values()];
  }

  /** See `checkLiveBalances`; rejects with `LedgerUnavailable` too. */
  async check(engine: EngineBalances): Promise<BalanceCheck | undefined> {
    const ledger = await this.#sources.open();
    const check = await checkLiveBalances({ ...this.#sources, ledger }, engine);
    if (check !== undefined) this.#checks.set(engine.shard, check);
    return check;
  }
}
