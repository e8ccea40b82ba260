import { createEngine } from "#services/matching/engine/engine.ts";
import type { CommandEnvelope } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, CommandId, OrderId, ShardId } from "#shared/domain/ids.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { BRANCH, envelopesOf, genesis } from "../engine/meridian-engine.ts";
import { FLOWS, makeFlow } from "./make-flow.ts";

/** A thin flow with ids as they are in production, and what came of it. */
export interface ProductionFlow {
  readonly shard: ShardId;
  readonly branch: BranchId;
  /** Assets, market and funds, before the flow. */
  readonly before: readonly Outcome[];
  readonly commands: readonly CommandEnvelope[];
  /** One a command. */
  readonly outcomes: readonly Outcome[];
  readonly orders: number;
  readonly trades: number;
}

const SHARD = "crypto-1" as ShardId;

/** The bench's thin flow of so many commands, folded. The same number gives the same flow, byte for byte. */
export function productionFlow(count: number): ProductionFlow {
  const [thin] = FLOWS;
  if (thin === undefined) throw new Error("there is a flow");
  const random = seededRandom(1);
  const hex = (bytes: number) => Buffer.from(random.bytes(bytes)).toString("hex");
  const commands = envelopesOf(makeFlow({ ...thin, commands: count })).map((one) => asInProduction(one, hex));
  const all = fold([...genesis(), ...commands]);
  const outcomes = all.slice(-count);
  return {
    shard: SHARD,
    branch: BRANCH,
    before: all.slice(0, -count),
    commands,
    outcomes,
    orders: commands.filter(({ command }) => command.kind === "PlaceOrder").length,
    trades: outcomes.flatMap(({ events }) => events.filter(({ kind }) => kind === "Trade")).length,
  };
}

/** Ids that do not repeat and do not compress: hashes, a node's numbers, a client's own names. */
function asInProduction(envelope: CommandEnvelope, hex: (bytes: number) => string): CommandEnvelope {
  const { command } = envelope;
  const commandId = hex(16) as CommandId;
  if (command.kind === "PlaceOrder") {
    const named = { orderId: orderIdOf(command.orderId), clientOrderId: hex(11) };
    return { ...envelope, commandId, command: { ...command, ...named } };
  }
  if (command.kind === "CancelOrder")
    return {
      ...envelope,
      commandId,
      command: { ...command, orderId: orderIdOf(command.orderId as OrderId) },
    };
  return { ...envelope, commandId };
}

function orderIdOf(order: number): OrderId {
  return (3 * 2 ** 41 + 1_000_000 + order) as OrderId;
}

function fold(envelopes: readonly CommandEnvelope[]): Outcome[] {
  const engine = createEngine(SHARD, BRANCH);
  return envelopes.map((envelope) => {
    const events = engine.apply(envelope);
    const { seq, time } = engine;
    return { shard: SHARD, branch: BRANCH, seq, time, commandId: envelope.commandId, events };
  });
}
