import { ownRecord } from "#services/matching/own-record.ts";
import type { BranchStarted } from "#shared/domain/command.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Random } from "#shared/ports/random.ts";

/**
 * Appends the first record of a branch to the Region's own log, and gives its position: the branch's records stand from there on, whatever else was appended at the same time. `undefined` if it
 * is not known to be there.
 */
export async function appendBranchStart(
  log: CommandLog,
  random: Random,
  start: Omit<BranchStarted, "kind">,
): Promise<number | undefined> {
  const command: BranchStarted = { kind: "BranchStarted", ...start };
  const appended = await log.append(ownRecord(random, start.branch, command));
  return appended.ok ? appended.position : undefined;
}
