import { compensationOf } from "#services/reconciliation/compensation.ts";
import { regionOfBranch } from "#shared/domain/branch-name.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type {
  ReconciliationMessage,
  WireAccountAdjustment,
  WireAdjustment,
  WireCommandCounts,
  WireCompensationLine,
  WireReconciliation,
  WireVerdictCommand,
  WireVerdictFill,
} from "#shared/protocol/reconciliation-messages.ts";
import {
  COMMAND_VERDICTS,
  type ReconciledFill,
  type Reconciliation,
} from "#shared/read-model/reconciliation.ts";
import { findMarket } from "../rest/find-market.ts";
import type { ExchangeView } from "../views/exchange-view.ts";

/** Writes reconciliations as clients read them: what concerns accounts only for the account that asks. */
export class ReconciliationJson {
  readonly #view: ExchangeView;

  constructor(view: ExchangeView) {
    this.#view = view;
  }

  /** In short; it names nobody. */
  message(reconciliation: Reconciliation): ReconciliationMessage {
    const { id, shard, fork, branch, epoch, state } = reconciliation;
    const { startedSeq, endedSeq, startedAt, endedAt, commands, fills } = reconciliation;
    const counts = COMMAND_VERDICTS.map((verdict) => [
      verdict,
      commands.filter((command) => command.verdict === verdict).length,
    ]);
    const conflicted = fills.filter((fill) => fill.conflicted > 0).length;
    return {
      ...{ id, shard, fork, region: regionOfBranch(fork), branch, epoch, state },
      ...{ startedSeq, endedSeq, startedAt, endedAt },
      symbols: [...new Set(fills.map(({ market }) => market))].sort(),
      commands: Object.fromEntries(counts) as WireCommandCounts,
      fills: { confirmed: fills.length - conflicted, conflicted },
    };
  }

  /** With everything that the account may see of it. */
  whole(reconciliation: Reconciliation, account: AccountId): WireReconciliation {
    const { commands, fills, merged = [] } = reconciliation;
    const standing = new Map<number, number>(
      merged.map(({ orderId, canonicalOrderId }) => [orderId, canonicalOrderId]),
    );
    return {
      ...this.message(reconciliation),
      trades: fills.map((fill) => this.#trade(fill, account)),
      ownCommands: commands
        .filter((command) => command.account === account)
        .map(({ n, seq, command, orderId, verdict, reason }): WireVerdictCommand => {
          const canonicalOrderId = standing.get(orderId) ?? orderId;
          return { n, seq, command, orderId, canonicalOrderId, verdict, reason };
        }),
      ownAdjustments: this.#adjustments(reconciliation, account),
      ownCompensation: this.#compensation(reconciliation, account),
    };
  }

  /** What it changed for the account. */
  adjustment(reconciliation: Reconciliation, account: AccountId): WireAccountAdjustment {
    const { id, shard, epoch, endedSeq, endedAt } = reconciliation;
    return {
      ...{ reconciliation: id, shard, epoch, endedSeq, time: endedAt },
      adjustments: this.#adjustments(reconciliation, account),
      compensation: this.#compensation(reconciliation, account),
    };
  }

  #trade(fill: ReconciledFill, account: AccountId): WireVerdictFill {
    const { market, base, quote } = findMarket(this.#view, fill.market);
    const { tradeId, takerSide } = fill;
    const sides = [
      { isMaker: true, owner: fill.makerAccount, orderId: fill.makerOrderId, fee: fill.makerFee },
      { isMaker: false, owner: fill.takerAccount, orderId: fill.takerOrderId, fee: fill.takerFee },
    ];
    return {
      symbol: market.id,
      tradeId,
      price: formatPrice(market, fill.price),
      quantity: formatQuantity(market, base, fill.quantity),
      confirmedQuantity: formatQuantity(market, base, fill.confirmed),
      conflictedQuantity: formatQuantity(market, base, fill.conflicted),
      isBuyerMaker: takerSide === "SELL",
      own: sides
        .filter(({ owner }) => owner === account)
        .map(({ isMaker, orderId, fee }) => {
          const side = (takerSide === "BUY") !== isMaker ? "BUY" : "SELL";
          // Fees are taken from what is received.
          const received = side === "BUY" ? base : quote;
          return {
            ...{ orderId, side, isMaker },
            commissionAmount: formatAmount(received, fee),
            commissionAsset: received.id,
          };
        }),
    };
  }

  #adjustments({ adjustments }: Reconciliation, account: AccountId): WireAdjustment[] {
    return adjustments
      .filter((adjustment) => adjustment.account === account)
      .map(({ asset, before, after, difference }) => ({
        asset,
        before: this.#signed(asset, before),
        after: this.#signed(asset, after),
        difference: this.#signed(asset, difference),
      }));
  }

  /** Nothing is moved back before the verdicts are final. */
  #compensation({ state, fills }: Reconciliation, account: AccountId): WireCompensationLine[] {
    if (state !== "reconciled") return [];
    return fills
      .flatMap((fill) => compensationOf(fill, findMarket(this.#view, fill.market).market))
      .filter((line) => line.account === account)
      .map(({ market, tradeId, asset, amount }) => {
        return { symbol: market, tradeId, asset, amount: this.#signed(asset, amount) };
      });
  }

  #signed(id: string, units: number): string {
    const asset = this.#view.asset(id);
    assert(asset !== undefined, `what a reconciliation moved is an asset that is known: ${id}`);
    const amount = formatAmount(asset, Math.abs(units));
    return units < 0 ? `-${amount}` : amount;
  }
}
