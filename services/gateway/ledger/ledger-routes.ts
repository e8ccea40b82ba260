import express, { type Router } from "express";
import type { BalanceCheck } from "#services/ledger/check-balances.ts";
import type { AssetId } from "#shared/domain/ids.ts";
import { type Ledger, LedgerUnavailable } from "#shared/ports/ledger.ts";
import { eventName } from "#shared/protocol/bus/event-name.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { authenticateRequest } from "../identity/authenticate-request.ts";
import type { Authenticator } from "../identity/principal.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import { LEDGER_OPERATIONS } from "./ledger-operations.ts";

/** The ledger as the gateway reads it. */
export interface LedgerReader {
  /** Resolves once it is open; who asks makes it open now. */
  ledger(): Promise<Pick<Ledger, "statement" | "holdings">>;
  checks(): readonly BalanceCheck[];
}

export interface LedgerRoutesDependencies {
  readonly identity: Authenticator;
  readonly view: ExchangeView;
  readonly ledger: LedgerReader;
}

const DEFAULT_LIMIT = 100;
const RETRY_SECONDS = 10;

/** `/ledger/statement` of the account that asks, and `/ledger/checks`. */
export function ledgerRoutes({ identity, view, ledger: reader }: LedgerRoutesDependencies): Router {
  const router = express.Router();
  const amountText = (id: AssetId, amount: bigint) => formatUnits(amount, view.asset(id)?.scale ?? 0);
  router.get("/ledger/statement", async (request, response) => {
    const { account } = await authenticateRequest(request, identity, "user-data");
    const read = LEDGER_OPERATIONS.ledgerStatement.query.safeParse(request.query);
    if (!read.success)
      throw new ApiError("INVALID_FIELD", { field: String(read.error.issues[0]?.path[0] ?? "query") });
    const { asset, before, limit } = read.data;
    const [holdings, lines] = await orUnreachable(async () => {
      const ledger = await reader.ledger();
      return Promise.all([
        ledger.holdings(account),
        ledger.statement({
          account,
          limit: limit === undefined ? DEFAULT_LIMIT : Number(limit),
          ...(before === undefined ? {} : { before: BigInt(before) }),
          ...(asset === undefined ? {} : { asset: asset as AssetId }),
        }),
      ]);
    });
    response.json({
      holdings: holdings.map(({ shard, asset: id, state, amount }) => {
        return { shard, asset: id, state, amount: amountText(id, amount) };
      }),
      lines: lines.map((line) => ({
        id: line.id.toString(),
        kind: line.kind,
        state: line.state,
        reversed: line.isReversed,
        time: line.time,
        symbol: line.market,
        asset: line.asset,
        amount: amountText(line.asset, line.amount),
        event: eventName(line),
      })),
    });
  });
  router.get("/ledger/checks", (_request, response) => {
    response.json({
      checks: reader
        .checks()
        .map(({ shard, seq, difference }) => ({ shard, seq, difference: difference.toString() })),
    });
  });
  return router;
}

/** A database that is away is no fault of ours that somebody must be told of: its queue waits, and it comes back. */
async function orUnreachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    throw new ApiError("LEDGER_UNREACHABLE", { retryAfterSeconds: RETRY_SECONDS });
  }
}

/** An amount of any size with all digits of its asset: -1500000 of scale 6 is "-1.500000". */
function formatUnits(amount: bigint, scale: number): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? "" : `.${digits.slice(-scale)}`;
  return `${amount < 0n ? "-" : ""}${whole}${fraction}`;
}
