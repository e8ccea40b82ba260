import { DatabaseSync } from "node:sqlite";
import { checksumOf } from "#shared/adapters/embedded/checked-record.ts";
import { decodeOutcome, encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { Stage } from "../stage.ts";

/** The file of a Region's journal, past the Region: what a fault of the store, or a hand that should not have been there, does to it. */
export class JournalFile {
  readonly #file: string;

  constructor(stage: Stage, region: string, shard: string) {
    this.#file = stage.file(region, `${shard}.journal.db`);
  }

  /** Behind a seq, by rising seq. */
  outcomes(after: number): Outcome[] {
    return this.#within((database) =>
      database
        .prepare("SELECT bytes FROM outcomes WHERE seq > ? ORDER BY seq")
        .all(after)
        .map(({ bytes }) => decodeOutcome(bytes as Uint8Array)),
    );
  }

  /** In the place of the one with its seq. */
  replace(outcome: Outcome): void {
    const bytes = encodeOutcome(outcome);
    this.#within((database) =>
      database
        .prepare("UPDATE outcomes SET bytes = ?, crc = ? WHERE seq = ?")
        .run(bytes, checksumOf(bytes), outcome.seq),
    );
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

  #within<T>(work: (database: DatabaseSync) => T): T {
    const database = new DatabaseSync(this.#file);
    try {
      database.exec("PRAGMA busy_timeout = 2000");
      return work(database);
    } finally {
      database.close();
    }
  }
}
