import { Worker } from "node:worker_threads";
import { StorageError } from "../storage-errors.ts";
import type { PGliteAnswer, PGliteRequest } from "./pglite-worker.ts";

/** An error of the database, with its SQLSTATE as `code`. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

type Rows = Extract<PGliteAnswer, { rows: unknown }>;
interface Waiter {
  resolve(rows: Rows): void;
  reject(error: Error): void;
}

/** PostgreSQL as a WebAssembly module in a thread of this process: one session. */
export class PGliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiter>();
  #lastId = 0;
  #end: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answer: PGliteAnswer) => this.#answered(answer));
    worker.on("error", (error) => this.#ended(error));
    worker.on("exit", () => this.#ended(new Error("the database's thread has ended")));
  }

  /** Opens the database in a folder, or in memory without one; a signal ends it while it opens. Throws `StorageError`. */
  static async open(folder: string | undefined, signal?: AbortSignal): Promise<PGliteThread> {
    const worker = new Worker(new URL("./pglite-worker.ts", import.meta.url), {
      workerData: { folder },
      execArgv: ["--no-warnings"],
    });
    const thread = new PGliteThread(worker);
    const abort = () => void worker.terminate();
    signal?.addEventListener("abort", abort);
    try {
      await new Promise<Rows>((resolve, reject) => thread.#waiting.set(0, { resolve, reject }));
      return thread;
    } catch (error) {
      throw new StorageError(
        `The ledger's database ${folder ?? ""} cannot be opened: ${(error as Error).message}`,
      );
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  query(sql: string, parameters: readonly unknown[]): Promise<Rows> {
    return this.#ask({ sql, parameters });
  }

  async close(): Promise<void> {
    if (this.#end !== undefined) return;
    await this.#ask(undefined);
    await this.#worker.terminate();
  }

  #ask(statement: PGliteRequest["statement"]): Promise<Rows> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = ++this.#lastId;
    const request: PGliteRequest = statement === undefined ? { id } : { id, statement };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  #answered(answer: PGliteAnswer): void {
    const waiter = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("error" in answer) waiter?.reject(new DatabaseError(answer.error.message, answer.error.code));
    else waiter?.resolve(answer);
  }

  #ended(error: Error): void {
    this.#end ??= new Error(`closed: ${error.message}`);
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }
}
