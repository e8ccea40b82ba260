import type { BalanceState, EngineState, MarketState, RememberedCommand } from "../engine-state.ts";
import type { AccountId, Seq } from "../ids.ts";
import { assert } from "../invariant.ts";
import { ByteReader, DecodingError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { hexId } from "./codec.ts";
import { readEarlierState } from "./earlier-states.ts";
import { readOrders, writeOrders } from "./order-table.ts";
import { RememberedIdsRead, RememberedIdsWritten } from "./remembered-ids.ts";
import {
  assetStatesCodec,
  branchStateCodec,
  marketHeadCodec,
  openOrderListsCodec,
  stateHeadCodec,
} from "./state-parts.ts";
import { readRows, Table, writeRows } from "./table.ts";

/** Version of the form of a snapshot. */
export const STATE_VERSION = 3;

/** Account, asset by its place among the assets, free, locked. */
export const BALANCE_COLUMNS = 4;
/** Seq, time; behind each block the ids. */
export const COMMAND_COLUMNS = 2;

const accountsTable = new Table(1);
const balancesTable = new Table(BALANCE_COLUMNS);
const commandsTable = new Table(COMMAND_COLUMNS);

/** A state as the bytes of a snapshot: equal states give equal bytes. */
export function encodeState(value: EngineState): Uint8Array {
  const writer = new ByteWriter(65_536);
  writer.byte(STATE_VERSION);
  stateHeadCodec.write(writer, value);
  assetStatesCodec.write(writer, value.assets);
  writeBalances(writer, value);
  writeCommands(writer, value.commands);
  writeCommands(writer, value.deposits);
  const ids = new RememberedIdsWritten(value);
  ids.write(writer);
  writer.uint(value.markets.length);
  for (const market of value.markets) writeMarket(writer, market, ids);
  branchStateCodec.write(writer, value);
  return writer.finish();
}

/** A state of this version or an earlier one. Throws `DecodingError` for anything that `encodeState` never wrote. */
export function decodeState(bytes: Uint8Array): EngineState {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  const value = version === STATE_VERSION ? readState(reader) : readEarlierState(reader, version);
  reader.end();
  return value;
}

function readState(reader: ByteReader): EngineState {
  const head = stateHeadCodec.read(reader);
  const assets = assetStatesCodec.read(reader);
  const balances = readBalances(reader, assets);
  const commands = readCommands(reader);
  const deposits = readCommands(reader);
  const ids = new RememberedIdsRead(reader);
  const markets: MarketState[] = [];
  for (let left = reader.count(); left > 0; left--) markets.push(readMarket(reader, ids));
  const clientOrderIds = ids.all();
  return {
    ...head,
    assets,
    markets,
    balances,
    commands,
    deposits,
    clientOrderIds,
    ...branchStateCodec.read(reader),
  };
}

function writeMarket(writer: ByteWriter, market: MarketState, ids: RememberedIdsWritten): void {
  const books = [market.bids, market.asks, market.waiting, market.pending];
  const accounts = [...new Set(books.flat().map(({ account }) => account))].sort((a, b) => a - b);
  marketHeadCodec.write(writer, market);
  writeRows(writer, accountsTable, accounts, [(account) => account]);
  const places = new Map(accounts.map((account, place) => [account, place]));
  for (const orders of books) writeOrders(writer, orders, market.market.id, places, ids);
  openOrderListsCodec.write(writer, market.lists);
}

function readMarket(reader: ByteReader, ids: RememberedIdsRead): MarketState {
  const head = marketHeadCodec.read(reader);
  const accounts = readRows(reader, accountsTable, ([account], row) => account?.[row] as AccountId);
  if (accounts.some((account, place) => place > 0 && account <= (accounts[place - 1] as number)))
    throw new DecodingError("the accounts of a market do not rise");
  const named = new Set<AccountId>();
  const read = () => readOrders(reader, head.market.id, accounts, ids, named);
  const market = { ...head, bids: read(), asks: read(), waiting: read(), pending: read() };
  if (named.size !== accounts.length) throw new DecodingError("an account of a market has no order there");
  return { ...market, lists: openOrderListsCodec.read(reader) };
}

function writeBalances(writer: ByteWriter, { assets, balances }: EngineState): void {
  const places = new Map(assets.map(({ asset }, place) => [asset.id, place]));
  assert(
    balances.every(({ asset }) => places.has(asset)),
    "a balance is of a known asset",
  );
  writeRows(writer, balancesTable, balances, [
    ({ account }) => account,
    ({ asset }) => places.get(asset) ?? 0,
    ({ free }) => free,
    ({ locked }) => locked,
  ]);
}

function readBalances(reader: ByteReader, assets: EngineState["assets"]): BalanceState[] {
  return readRows(reader, balancesTable, ([account, place, free, locked], row) => {
    const asset = assets[place?.[row] as number]?.asset.id;
    if (asset === undefined) throw new DecodingError("a balance is of no asset");
    return {
      account: account?.[row] as AccountId,
      asset,
      free: free?.[row] as number,
      locked: locked?.[row] as number,
    };
  });
}

const commandId = hexId<RememberedCommand["commandId"]>();

function writeCommands(writer: ByteWriter, commands: readonly RememberedCommand[]): void {
  const numbers = [({ seq }: RememberedCommand) => seq, ({ time }: RememberedCommand) => time];
  writeRows(writer, commandsTable, commands, numbers, (command) =>
    commandId.write(writer, command.commandId),
  );
}

function readCommands(reader: ByteReader): RememberedCommand[] {
  return readRows(reader, commandsTable, ([seq, time], row) => ({
    commandId: commandId.read(reader),
    seq: seq?.[row] as Seq,
    time: time?.[row] as number,
  }));
}
