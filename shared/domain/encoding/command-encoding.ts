import {
  type BranchStarted,
  CANCEL_RESTRICTIONS,
  type Command,
  type CommandEnvelope,
  type EpochEnded,
  type ForkSealed,
  REPLACE_MODES,
  REPLAY_MODES,
  type ReplayableCommand,
} from "../command.ts";
import type { BranchId, CommandId } from "../ids.ts";
import { TRADING_STATES } from "../market.ts";
import { CONTINGENCIES } from "../order.ts";
import type { TraceContext } from "../trace-context.ts";
import { ByteReader, DecodingError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { bool, type Cases, hexId, list, oneOf, struct, text, uint, union } from "./codec.ts";
import { assetCodec, firstMarketCodec, marketCodec, needsLaterForm } from "./definition-encoding.ts";
import { forkBalancesCodec, forkFillsCodec } from "./fork-encoding.ts";
import { hexIdAt } from "./hex-id.ts";
import { orderTermsCodec, orderTermsFields } from "./order-encoding.ts";
import { commandStart, writeTrace } from "./traced-record.ts";

/** Version of the form of a command in the log. Readers keep every version that was ever written. */
const VERSION = 1;

/** Memory that is used again: nothing encodes within another encoding. */
const scratch = new ByteWriter(1024);

const restriction = oneOf(CANCEL_RESTRICTIONS);

/** What a fork's command may hold: nothing that holds commands itself, so nesting ends here. */
const replayableCases = {
  PlaceOrder: { tag: 1, fields: { account: uint(), market: text(), ...orderTermsFields } },
  CancelOrder: {
    tag: 2,
    fields: { account: uint(), market: text(), orderId: uint(), origClientOrderId: text(), restriction },
  },
  CancelAllOrders: { tag: 3, fields: { account: uint(), market: text() } },
  AmendOrder: {
    tag: 4,
    fields: { account: uint(), market: text(), orderId: uint(), origClientOrderId: text(), quantity: uint() },
  },
  Deposit: { tag: 5, fields: { account: uint(), asset: text(), amount: uint() } },
  Withdraw: { tag: 6, fields: { account: uint(), asset: text(), amount: uint() } },
  PlaceOrderList: {
    tag: 10,
    fields: {
      account: uint(),
      market: text(),
      listId: uint(),
      listClientOrderId: text(),
      contingency: oneOf(CONTINGENCIES),
      orders: list(orderTermsCodec),
    },
  },
  CancelOrderList: {
    tag: 11,
    fields: { account: uint(), market: text(), listId: uint(), listClientOrderId: text() },
  },
  ReplaceOrder: {
    tag: 12,
    fields: {
      account: uint(),
      market: text(),
      mode: oneOf(REPLACE_MODES),
      cancelOrderId: uint(),
      cancelOrigClientOrderId: text(),
      restriction,
      order: orderTermsCodec,
    },
  },
  TransferOut: { tag: 17, fields: { account: uint(), asset: text(), amount: uint(), toShard: text() } },
  TransferIn: {
    tag: 18,
    fields: {
      transferId: hexId(),
      account: uint(),
      asset: text(),
      scale: uint(),
      amount: uint(),
      fromShard: text(),
    },
  },
  TransferSettled: { tag: 19, fields: { transferId: hexId() } },
} as const satisfies Cases<ReplayableCommand>;

/** The commands that say where branches begin and end. */
const branchCases = {
  BranchStarted: {
    tag: 14,
    fields: { branch: text(), parent: text(), parentSeq: uint(), epoch: uint(), provisional: bool },
  },
  EpochEnded: { tag: 15, fields: { epoch: uint(), successor: text() } },
  ForkSealed: { tag: 16, fields: { fork: text() } },
} as const satisfies Cases<BranchStarted | EpochEnded | ForkSealed>;

const command = union<Command>({
  ...replayableCases,
  DefineAsset: { tag: 7, fields: { asset: assetCodec } },
  Tick: { tag: 9, fields: { time: uint() } },
  SetMarketState: { tag: 13, fields: { market: text(), state: oneOf(TRADING_STATES) } },
  DefineMarket: {
    tag: 8,
    fields: { market: firstMarketCodec },
    later: { tag: 22, fields: { market: marketCodec }, isFor: needsLaterForm },
  },
  ...branchCases,
  ForkCommand: {
    tag: 20,
    fields: {
      fork: text(),
      n: uint(),
      commandId: hexId(),
      command: union<ReplayableCommand>(replayableCases),
      mode: oneOf(REPLAY_MODES),
      price: uint(),
      quantity: uint(),
      fills: forkFillsCodec,
    },
  },
  ForkReplayEnded: {
    tag: 21,
    fields: { fork: text(), n: uint(), balances: forkBalancesCodec, last: bool },
  },
});

const envelope = struct<CommandEnvelope>({
  commandId: hexId(),
  branch: text(),
  validUntil: uint(),
  command,
});

/** A command as it stands in the log. */
export function encodeCommand(value: CommandEnvelope): Uint8Array {
  return encodeTracedCommand(value, undefined);
}

/** The same, with the trace that it belongs to in front. */
export function encodeTracedCommand(value: CommandEnvelope, trace: TraceContext | undefined): Uint8Array {
  const writer = scratch.clear();
  if (trace !== undefined) writeTrace(writer, trace);
  writer.byte(VERSION);
  envelope.write(writer, value);
  return writer.finish();
}

/** The id of a command that `decodeCommand` accepts, without decoding the rest. */
export function commandIdOf(bytes: Uint8Array): CommandId {
  return hexIdAt(bytes, commandStart(bytes) + 1) as CommandId;
}

const BRANCH_TAGS: ReadonlySet<number> = new Set(Object.values(branchCases).map(({ tag }) => tag));

/** The branch of a record, and whether it may be one of those that begin and end branches, without decoding the rest; `undefined` where that much is not there. */
export function branchOfRecord(
  bytes: Uint8Array,
): { readonly branch: BranchId; readonly isOfBranches: boolean } | undefined {
  try {
    const reader = new ByteReader(bytes, commandStart(bytes));
    if (reader.byte() !== VERSION) return undefined;
    reader.skip(16);
    const branch = reader.text() as BranchId;
    reader.uint();
    return { branch, isOfBranches: BRANCH_TAGS.has(reader.byte()) };
  } catch (error) {
    if (error instanceof DecodingError) return undefined;
    throw error;
  }
}

/** The command of a record, with a trace or without. Throws `DecodingError` for anything that `encodeCommand` did not write. */
export function decodeCommand(bytes: Uint8Array): CommandEnvelope {
  const reader = new ByteReader(bytes, commandStart(bytes));
  const version = reader.byte();
  if (version !== VERSION) throw new DecodingError(`unknown command version ${version}`);
  const value = envelope.read(reader);
  reader.end();
  return value;
}
