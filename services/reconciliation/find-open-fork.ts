import type { ForkSpan } from "#shared/domain/lineage.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import { noteAll } from "./note-all.ts";
import { OwnLog } from "./own-log.ts";

/** The fork that a Region opened in its own log and did not seal, behind a position; `undefined` when there is none. */
export async function findOpenFork(log: CommandLog, after: number): Promise<ForkSpan | undefined> {
  const own = new OwnLog(after);
  await noteAll(own, log);
  const open = own.openedForks().find(({ seal }) => seal === undefined);
  if (open === undefined) return undefined;
  const { branch, parent, parentSeq, start } = open;
  return { branch, parent, parentSeq, start };
}
