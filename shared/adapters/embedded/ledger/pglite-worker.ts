import { existsSync, renameSync, rmSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";

/** What is asked of the thread: a statement, or to close the database and end. */
export interface PGliteRequest {
  readonly id: number;
  readonly statement?: { readonly sql: string; readonly parameters: readonly unknown[] };
}

export type PGliteAnswer =
  | { readonly id: number; readonly rows: readonly unknown[]; readonly changed: number }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string } };

// PostgreSQL in a thread of its own: a statement holds the thread in which it runs.
const database = await open((workerData as { folder: string | undefined }).folder);

parentPort?.on("message", async ({ id, statement }: PGliteRequest) => {
  try {
    if (statement === undefined) await database.close();
    const result =
      statement === undefined ? undefined : await database.query(statement.sql, [...statement.parameters]);
    answer({ id, rows: result?.rows ?? [], changed: result?.affectedRows ?? 0 });
  } catch (error) {
    const { message, code = "" } = error as { readonly message: string; readonly code?: string };
    answer({ id, error: { message, code } });
  }
});
answer({ id: 0, rows: [], changed: 0 });

/** A new database is made beside its place and moved there when it is whole: making one takes seconds, and a process that dies over it must not leave half of one. */
async function open(folder: string | undefined): Promise<PGlite> {
  if (folder !== undefined && !existsSync(folder)) {
    const draft = `${folder}.new`;
    rmSync(draft, { recursive: true, force: true });
    await (await PGlite.create(draft)).close();
    renameSync(draft, folder);
  }
  return PGlite.create(folder);
}

function answer(value: PGliteAnswer): void {
  parentPort?.postMessage(value);
}
