import type { Breakage } from "#test/mutations/broken-copy.ts";

/** What `npm run simulate -- --mutations` breaks, one at a time: each must be caught by the simulator. */
export const SIMULATED_MUTATIONS: readonly Breakage[] = [
  {
    name: "a repeated command is not recognized",
    file: "services/matching/engine/engine.ts",
    find: 'if (admitted === "repeated") return shard.events;',
    replace: "",
  },
  {
    name: "a snapshot stands one command further than what is in it",
    file: "services/matching/snapshot-taker.ts",
    find: "await snapshots.save({ shard, ...place, digest",
    replace: "await snapshots.save({ shard, ...place, position: place.position + 1, digest",
  },
  {
    name: "a snapshot is saved before the journal holds what is in it",
    file: "services/matching/snapshot-taker.ts",
    find: "await flushed();\n    await snapshots",
    replace: "await snapshots",
  },
  {
    name: "a failed append is told as refused",
    file: "services/gateway/log-order-entry.ts",
    find: 'if (!appended.ok && appended.error !== "unknown") {',
    replace: "if (!appended.ok) {",
  },
  {
    name: "a watermark counts one Region as a majority",
    file: "services/replication/watermark.ts",
    find: "const majority = Math.floor(regions.length / 2) + 1;",
    replace: "const majority = 1;",
  },
  {
    name: "a replica reports what it does not hold yet",
    file: "services/replication/follower.ts",
    find: "held: this.#isComplete(span) ? after : 0,",
    replace: "held: this.#isComplete(span) ? after + 50 : 0,",
  },
  {
    name: "a replica keeps an answer that came late, and leaves a gap",
    file: "services/replication/follower.ts",
    find: "if (records.length === 0 || copies.lastPosition(shard, origin) !== after) return;",
    replace: "if (records.length === 0) return;",
  },
];
