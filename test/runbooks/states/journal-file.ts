import { DatabaseSync } from "node:sqlite";
import type { Stage } from "../stage.ts";

/** The file of a Region's journal, past the Region: what a fault of the store does to it. */
export class JournalFile {
  readonly #file: string;

  constructor(stage: Stage, region: string, shard: string) {
    this.#file = stage.file(region, `${shard}.journal.db`);
  }

  remove(fromSeq: number, throughSeq: number): void {
    this.#within((database) =>
      database.prepare("DELETE FROM outcomes WHERE seq BETWEEN ? AND ?").run(fromSeq, throughSeq),
    );
  }

  /** All that stands at a seq or behind it. Nobody may be writing. */
  cutFrom(seq: number): void {
    this.#within((database) => {
      database.prepare("DELETE FROM outcomes WHERE seq >= ?").run(seq);
      database.prepare("DELETE FROM branches WHERE firstSeq >= ?").run(seq);
    });
  }

  #within(work: (database: DatabaseSync) => void): void {
    const database = new DatabaseSync(this.#file);
    try {
      database.exec("PRAGMA busy_timeout = 2000");
      work(database);
    } finally {
      database.close();
    }
  }
}
