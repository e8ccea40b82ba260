import { createEngine } from "#services/matching/engine/engine.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Command, CommandEnvelope } from "#shared/domain/command.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  ShardId,
} from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import { BUY, type Flow, PLACE, WORDS } from "../flows/flow.ts";
import { type Contender, timed } from "./contender.ts";

const BRANCH = "us-east-1.1" as BranchId;
const MARKET = "BTCUSDT" as MarketId;
const ACCOUNTS = 100;
/** Funds of each account, smallest units: more than any flow needs. */
const FUNDS = 1e13;

/** The whole fold: accounts with balances and locks, fees, filters, deduplication, every event. */
export const meridianEngine: Contender = {
  name: "Meridian, whole engine",
  run(flow) {
    // The commands are made before the clock runs.
    const envelopes = envelopesOf(flow);
    const engine = createEngine("shard-1" as ShardId, BRANCH);
    for (const envelope of [...genesis(), ...envelopes.slice(0, flow.setup)]) applySetup(engine, envelope);
    const measured = envelopes.slice(flow.setup);
    return timed(() => {
      let trades = 0;
      for (const envelope of measured) {
        for (const event of engine.apply(envelope)) if (event.kind === "Trade") trades++;
      }
      return trades;
    });
  },
};

function applySetup(engine: Engine, envelope: CommandEnvelope): void {
  const [event] = engine.apply(envelope);
  assert(event?.kind !== "CommandRejected", "the commands before the measured ones are taken");
}

/** The assets, a market whose filters take every order of a flow, and funded accounts. */
function genesis(): CommandEnvelope[] {
  const { assets, markets } = defaultDefinitions();
  const market = markets.find(({ id }) => id === MARKET);
  assert(market !== undefined, "the bench's market is defined");
  const open: Market = { ...market, minNotional: 1 };
  const accounts = Array.from({ length: ACCOUNTS }, (_, at) => at + 1);
  const commands: Command[] = [
    { kind: "Tick", time: 1_700_000_000_000 },
    ...assets.map((asset): Command => ({ kind: "DefineAsset", asset })),
    { kind: "DefineMarket", market: open },
    ...accounts.flatMap((account) => [deposit(account, market.base), deposit(account, market.quote)]),
  ];
  return commands.map((command, at) => enveloped(command, 0x10_000_000 + at));
}

function deposit(account: number, asset: AssetId): Command {
  return { kind: "Deposit", account: account as AccountId, asset, amount: FUNDS };
}

function envelopesOf({ words }: Flow): CommandEnvelope[] {
  const envelopes: CommandEnvelope[] = [];
  for (let at = 0; at < words.length; at += WORDS) {
    const [op, side, order = 0, price = 0, quantity = 0] = words.subarray(at, at + WORDS);
    const account = (1 + (order % ACCOUNTS)) as AccountId;
    const orderId = order as OrderId;
    const command: Command =
      op === PLACE
        ? {
            kind: "PlaceOrder",
            orderId,
            account,
            market: MARKET,
            clientOrderId: `c${order}`,
            side: side === BUY ? "BUY" : "SELL",
            type: "LIMIT",
            timeInForce: "GTC",
            price,
            quantity,
            quoteQuantity: 0,
            stopPrice: 0,
            trailingDelta: 0,
            icebergQuantity: 0,
            goodTillDate: 0,
            // Price and time alone decide, as in the other engine.
            selfTradePrevention: "NONE",
          }
        : {
            kind: "CancelOrder",
            account,
            market: MARKET,
            orderId,
            origClientOrderId: "",
            restriction: "NONE",
          };
    envelopes.push(enveloped(command, envelopes.length));
  }
  return envelopes;
}

function enveloped(command: Command, number: number): CommandEnvelope {
  const commandId = number.toString(16).padStart(32, "0") as CommandId;
  return { commandId, branch: BRANCH, validUntil: 0, command };
}
