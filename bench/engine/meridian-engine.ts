import { createEngine } from "#services/matching/engine/engine.ts";
import { READ_AHEAD } from "#services/matching/shard-fold.ts";
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
import { type CommandFile, commandFile } from "./command-file.ts";
import { type Contender, timed } from "./contender.ts";

export const BRANCH = "us-east-1.1" as BranchId;
const MARKET = "BTCUSDT" as MarketId;
const ACCOUNTS = 100;
/** Funds of each account, smallest units: more than any flow needs. */
const FUNDS = 1e13;

/** The whole fold: accounts with balances and locks, fees, filters, deduplication, every event encoded, the digest kept. */
export const meridianEngine: Contender = contender("Meridian, whole engine", false);

/** The same, and the digest is asked for after every command. */
export const meridianEngineDigested: Contender = contender("Meridian, digest at every command", true);

function contender(name: string, digests: boolean): Contender {
  return {
    name,
    run(flow) {
      const { engine, measured } = begin(flow);
      const tradesBefore = tradesOf(engine);
      const run = timed(() => {
        foldFile(engine, measured, 0, measured.ends.length, digests);
        return 0;
      });
      return { ...run, trades: tradesOf(engine) - tradesBefore };
    },
  };
}

/** A new engine at the start of the measured commands of a flow, and these. */
export function begin(flow: Flow): { readonly engine: Engine; readonly measured: CommandFile } {
  // A file of commands as they stand in the log, in memory, made before the clock runs.
  const envelopes = envelopesOf(flow);
  const before = commandFile([...genesis(), ...envelopes.slice(0, flow.setup)]);
  // With the memory that the flow needs: the other engine's heap is there from its earlier runs too.
  const commands = flow.words.length / WORDS;
  const engine = createEngine("shard-1" as ShardId, BRANCH, {
    orders: commands,
    accounts: ACCOUNTS,
    commands,
    clientOrderIds: commands,
  });
  foldFile(engine, before, 0, before.ends.length, false);
  return { engine, measured: commandFile(envelopes.slice(flow.setup)) };
}

/** Folds the commands from one to another, and asks for the digest after each if told. */
export function foldFile(
  engine: Engine,
  { bytes, ends }: CommandFile,
  from: number,
  to: number,
  digests: boolean,
): void {
  const lanes = new Int32Array(2);
  let start = from === 0 ? 0 : (ends[from - 1] as number);
  for (let at = from; at < to; at++) {
    // As the services do with a batch of records.
    if ((at - from) % READ_AHEAD === 0) {
      let expected = start;
      const last = Math.min(at + READ_AHEAD, to);
      for (let next = at; next < last; next++) {
        engine.expect(bytes, expected, ends[next]);
        expected = ends[next] as number;
      }
    }
    const end = ends[at] as number;
    engine.applyEncoded(bytes, start, end);
    if (digests) engine.writeDigest(lanes);
    start = end;
  }
}

function tradesOf(engine: Engine): number {
  return engine.state().markets[0]?.lastTradeId ?? 0;
}

/** The assets, a market whose filters take every order of a flow, and funded accounts. */
export function genesis(): CommandEnvelope[] {
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

export function envelopesOf({ words }: Flow): CommandEnvelope[] {
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

export function enveloped(command: Command, number: number): CommandEnvelope {
  const commandId = number.toString(16).padStart(32, "0") as CommandId;
  return { commandId, branch: BRANCH, validUntil: 0, command };
}
