import { DatabaseSync } from "node:sqlite";
import { checksumOf } from "#shared/adapters/embedded/checked-record.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { BusMessage } from "#shared/protocol/bus/bus-message.ts";
import { type BusRun, busRuns, lineOf } from "#shared/protocol/bus/bus-run.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import { eventName } from "#shared/protocol/bus/event-name.ts";

const HOUR_MS = 3_600_000;

/**
 * Leaves dead letters in a running Region's bus, as an outage of a consumer an hour ago would have: whole messages that the consumer takes as soon as they come again, and that change no balance.
 */
export function plantDeadLetters(file: string, consumer: Consumer, count: number): void {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA busy_timeout = 2000");
  const insert = database.prepare(
    "INSERT INTO messages (queue, line, name, bytes, crc, sentAt, receives, isDead) VALUES (?, ?, ?, ?, ?, ?, 5, 1)",
  );
  for (let index = 0; index < count; index++) {
    const run = harmlessRun(index);
    const bytes = new TextEncoder().encode(run.text);
    insert.run(consumer, lineOf(run.messages[0]), run.name, bytes, checksumOf(bytes), Date.now() - HOUR_MS);
  }
  database.close();
}

/** A run of one message that every consumer takes, and that changes no balance. */
export function harmlessRun(index: number): BusRun {
  const [run] = busRuns([harmless(index)], { eventsMax: 1, bytesMax: 1 });
  if (run === undefined) throw new Error("a message makes a run");
  return run;
}

/** The middle of a fork's replay: consumers hear of it, and do nothing before its end. */
function harmless(index: number): BusMessage {
  const fork = "us-east-1.0" as BranchId;
  const place = { shard: "crypto-1" as ShardId, branch: fork, seq: 1 as Seq, index };
  return {
    ...place,
    name: eventName(place),
    topic: "other",
    group: `shard:${place.shard}`,
    time: 0,
    commandId: "",
    isFinal: true,
    event: { kind: "ForkReplayDone", fork, n: index + 1, balances: [], last: false },
  };
}
