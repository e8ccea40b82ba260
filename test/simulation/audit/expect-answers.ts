import type { CommandKind } from "#shared/domain/command.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import type { CommandVerdict, Reconciliation } from "#shared/read-model/reconciliation.ts";
import type { FinalTape } from "./final-tape.ts";
import { holds, INVARIANTS } from "./finding.ts";
import type { Acknowledgment, RequestBook } from "./request-book.ts";
import type { TapeArchive } from "./tape-archive.ts";

/** What clients were told of a shard's commands still holds at rest. */
export function expectAnswersHold(
  { requests, acknowledgments }: RequestBook,
  archive: TapeArchive,
  tape: FinalTape,
): void {
  const ofShard = acknowledgments.filter(({ shard }) => shard === tape.shard);
  for (const told of ofShard) if (told.refused === undefined) expectKept(told, tape);
  for (const told of ofShard) if (told.refused !== undefined) expectRefused(told, archive, tape);
  for (const [commandId, { shard, asked, refused }] of requests) {
    const fates = shard === tape.shard ? tape.fates.get(commandId) : undefined;
    holds(
      refused < asked || fates === undefined,
      INVARIANTS.acknowledged,
      () => `${commandId} was turned away at each of ${asked} attempts, and was ${fates?.join(", ")}`,
    );
  }
}

/** What was taken is where it was said to be, or had its effect elsewhere, or came with a fork, of which a reconciliation tells. */
function expectKept(told: Acknowledgment, tape: FinalTape): void {
  if (isOn(told, tape)) return;
  const fates = tape.fates.get(told.commandId) ?? [];
  holds(
    fates.some((fate) => fate !== "refused"),
    INVARIANTS.acknowledged,
    () => `${worded(told)}, and it is ${fates.length === 0 ? "nowhere" : "refused, and nobody says so"}`,
  );
}

const NEW_ORDERS: ReadonlySet<CommandKind> = new Set<CommandKind>([
  "PlaceOrder",
  "PlaceOrderList",
  "ReplaceOrder",
]);

/**
 * A refusal of new orders that may be undone is no answer (docs/regions.md): no fork gives one, nor an owner that is not sure of its lease. One that is sure may be wrong all the same, where it was
 * cut off in the lease's last seconds.
 */
function expectRefused(told: Acknowledgment, archive: TapeArchive, tape: FinalTape): void {
  const { refused, branch, commandId, provisional } = told;
  if (refused === undefined || !NEW_ORDERS.has(refused) || isOn(told, tape)) return;
  holds(
    archive.branch(branch).parent?.provisional !== true,
    INVARIANTS.acknowledged,
    () => `${worded(told)}, to be refused: that is a fork, whose refusals are no answers`,
  );
  const fates = tape.fates.get(commandId) ?? [];
  holds(
    !provisional || !fates.some((fate) => fate === "folded" || fate === "replayed"),
    INVARIANTS.acknowledged,
    () => `${worded(told)}, to be refused, without being sure, and it was ${fates.join(", ")}`,
  );
}

/** Whoever was told that a command was taken, of which nothing but a refusal stands, is told so in a reconciliation; and what it calls merged has had its effect. */
export function expectUndoneTold(
  { acknowledgments }: Pick<RequestBook, "acknowledgments">,
  tape: FinalTape,
  reconciliations: Iterable<Reconciliation>,
): void {
  const verdicts = new Map<CommandId, CommandVerdict>();
  for (const { commands } of reconciliations)
    for (const { commandId, verdict } of commands) verdicts.set(commandId, verdict);
  for (const told of acknowledgments) {
    if (told.shard !== tape.shard || told.refused !== undefined || isOn(told, tape)) continue;
    const fates = tape.fates.get(told.commandId) ?? [];
    const verdict = verdicts.get(told.commandId);
    const hadEffect = fates.some((fate) => fate === "folded" || fate === "replayed");
    holds(
      hadEffect || verdict === "refused" || verdict === "skipped",
      INVARIANTS.acknowledged,
      () => `${worded(told)}, and it was ${fates.join(", ")}, and is called ${verdict ?? "nothing"}`,
    );
  }
}

function isOn({ branch, seq }: Acknowledgment, { lineage }: FinalTape): boolean {
  return seq <= (lineage.get(branch) ?? 0);
}

function worded({ region, commandId, shard, branch, seq }: Acknowledgment): string {
  return `${region} told that ${commandId} stands at ${shard} ${branch} ${seq}`;
}
