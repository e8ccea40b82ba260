import { BRANCH, envelopesOf, genesis } from "#bench/engine/meridian-engine.ts";
import { FLOWS, makeFlow } from "#bench/flows/make-flow.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import type { CommandEnvelope } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, BranchId, MarketId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Projections } from "#shared/ports/projections.ts";

const MARKET = "BTCUSDT" as MarketId;
const ACCOUNTS = 100;

/** The first branch of a flow's tape. */
export const FIRST_BRANCH = BRANCH;

/** What a shard makes of the commands that define a market and fund its accounts. */
export function genesisOutcomes(shard: ShardId): Outcome[] {
  return fold(shard, genesis(), BRANCH);
}

/** What a shard makes of a drawn flow of orders, on its first branch. */
export function flowOutcomes(shard: ShardId, seed: number, commands: number): Outcome[] {
  return fold(shard, [...genesis(), ...flow(seed, commands)], BRANCH);
}

/** What follows seq `cut` of the tape of {@link flowOutcomes} if another branch begins there, in which other orders come. */
export function otherOutcomes(
  shard: ShardId,
  seed: number,
  commands: number,
  { cut, branch }: { readonly cut: number; readonly branch: BranchId },
): Outcome[] {
  const other = flow(seed + cut, commands).map((envelope, at) => ({
    ...envelope,
    ...newIdsOf(envelope, cut, at),
  }));
  const kept = [...genesis(), ...flow(seed, commands)].slice(0, cut);
  return fold(shard, [...kept, ...other], branch).slice(cut);
}

/** In several steps. */
export async function appendTo(journal: Journal, outcomes: readonly Outcome[]): Promise<void> {
  for (let at = 0; at < outcomes.length; at += 60) await journal.append(outcomes.slice(at, at + 60));
}

/** All that tables hold of a flow. */
export async function everythingOf(tables: Projections) {
  const limit = 10_000;
  const market = MARKET;
  const accounts = Array.from({ length: ACCOUNTS }, (_, at) => (at + 1) as AccountId);
  return {
    orders: await Promise.all(accounts.map((account) => tables.orders({ account, market, limit }))),
    trades: await tables.trades({ market, limit }),
    superseded: await tables.trades({ market, state: "superseded", limit }),
    candles: await tables.candles({ market, limit }),
  };
}

function flow(seed: number, commands: number): readonly CommandEnvelope[] {
  const [thin] = FLOWS;
  assert(thin !== undefined, "there is a flow");
  return envelopesOf(makeFlow({ ...thin, seed, commands }));
}

/** Commands of another time: the same orders under ids of their own. */
function newIdsOf({ command }: CommandEnvelope, cut: number, at: number): Partial<CommandEnvelope> {
  const commandId = `${cut.toString(16)}${at.toString(16).padStart(8, "0")}`.padStart(32, "d");
  const named = { commandId: commandId as CommandEnvelope["commandId"] };
  if (!("orderId" in command) || command.orderId === 0) return named;
  const orderId = command.orderId + cut * 1_000_000;
  const clientOrderId = `d${orderId}`;
  return { ...named, command: { ...command, orderId, clientOrderId } as CommandEnvelope["command"] };
}

function fold(shard: ShardId, envelopes: readonly CommandEnvelope[], branch: BranchId): Outcome[] {
  const engine = createEngine(shard, BRANCH);
  return envelopes.map((envelope) => {
    const events = engine.apply(envelope);
    const { seq, time } = engine;
    return { shard, branch, seq, time, commandId: envelope.commandId, events };
  });
}
