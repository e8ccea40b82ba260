import type { ForkSpan } from "#shared/domain/lineage.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import { noteAll } from "./note-all.ts";
import type { OwnLog } from "./own-log.ts";

/** The fork that a Region opened in its own log and did not seal, once all that the log holds is noted; `undefined` when there is none. */
export async function findOpenFork(own: OwnLog, log: CommandLog): Promise<ForkSpan | undefined> {
  await noteAll(own, log);
  const open = own.openedForks().find(({ seal }) => seal === undefined);
  if (open === undefined) return undefined;
  const { branch, parent, parentSeq, start } = open;
  return { branch, parent, parentSeq, start };
}
