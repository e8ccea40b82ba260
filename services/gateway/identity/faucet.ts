import { parseDecimal } from "#shared/domain/decimal.ts";
import type { AccountId, AssetId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { ApiError, ERROR_OF_REASON } from "#shared/protocol/errors.ts";
import { rejectionOf } from "#shared/read-model/order-result.ts";
import type { OrderEntry } from "../order-entry.ts";
import { refusalOfSubmission } from "../refusal-of-submission.ts";
import type { ExchangeView } from "../views/exchange-view.ts";

/** Test funds: what an account gets, and how often it may ask. */
export interface FaucetConfig {
  /** Amounts as decimals, by asset. */
  readonly amounts: Readonly<Record<string, string>>;
  readonly timesPerHour: number;
}

export const EMBEDDED_FAUCET: FaucetConfig = {
  amounts: { USDT: "100000", USD: "100000", BTC: "2", ETH: "30", SOL: "500", AAPL: "200" },
  timesPerHour: 10,
};

const HOUR_MS = 3_600_000;

/**
 * Gives test funds, so many times an hour. Each gift is a deposit named by account, hour, count and asset: deposits are remembered for ever, so
 * asking again after a lost answer or a restart never gives the same one twice. Throws FAUCET_LIMIT.
 */
export class Faucet {
  readonly #config: FaucetConfig;
  readonly #entry: OrderEntry;
  readonly #view: ExchangeView;
  readonly #clock: Clock;

  constructor(config: FaucetConfig, entry: OrderEntry, view: ExchangeView, clock: Clock) {
    this.#config = config;
    this.#entry = entry;
    this.#view = view;
    this.#clock = clock;
  }

  async give(account: AccountId): Promise<void> {
    const now = this.#clock.now();
    const hour = Math.floor(now / HOUR_MS);
    for (let count = 0; count < this.#config.timesPerHour; count++) {
      let isNew = false;
      for (const { id } of this.#view.assets()) {
        if (await this.#deposit(account, id, `faucet ${hour} ${count} ${id}`)) isNew = true;
      }
      if (isNew) return;
    }
    throw new ApiError("FAUCET_LIMIT", { retryAfterSeconds: Math.ceil(((hour + 1) * HOUR_MS - now) / 1000) });
  }

  /** False if this gift had been given before, or there is none of this asset. */
  async #deposit(account: AccountId, asset: AssetId, name: string): Promise<boolean> {
    const amount = this.#amountOf(asset);
    if (amount === 0) return false;
    const commandId = this.#entry.commandIdOf(account, name);
    const command = { kind: "Deposit", account, asset, amount } as const;
    // The first that holds the asset: orders elsewhere move what they need.
    const submission = await this.#entry.submit(commandId, command, this.#view.shardsWith(asset)[0]);
    if (!submission.ok) throw refusalOfSubmission(submission);
    const rejection = rejectionOf(submission.outcome);
    if (rejection !== undefined) throw new ApiError(ERROR_OF_REASON[rejection.reason]);
    return !submission.repeated;
  }

  #amountOf(asset: AssetId): number {
    const text = this.#config.amounts[asset];
    const scale = this.#view.asset(asset)?.scale;
    if (text === undefined || scale === undefined) return 0;
    const result = parseDecimal(text, scale);
    assert(result.ok, `the faucet's amount of ${asset} is a decimal of its scale`);
    return result.units;
  }
}
