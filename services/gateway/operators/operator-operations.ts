import { z } from "zod";
import { AUDIT_OUTCOMES } from "#shared/ports/audit-trail.ts";
import type { Operation } from "../operation.ts";

/** Dead messages that one redrive brings back at most: a queue that is poisoned is not to be poisoned again as a whole. */
export const REDRIVE_MAX = 10_000;

const seq = z.int().nonnegative();
const ageMs = z
  .int()
  .nonnegative()
  .nullable()
  .describe("Of the oldest; null where none waits, or nobody knows.");
const digest = z.string().regex(/^[0-9a-f]{16}$/);
const snapshot = z.strictObject({
  branch: z.string(),
  seq,
  digest: digest.describe("Of its bytes."),
  bytes: z.int().nonnegative().describe("How many."),
});
const place = { branch: z.string(), seq };

/** What operators see and do, each Region for itself. Nothing of it is open to a session or a key of a trader. */
export const OPERATOR_OPERATIONS = {
  audit: {
    method: "get",
    path: "/meridian/v1/operator/audit",
    summary: "What operators did in this Region and what they were refused, the newest first",
    access: "operator",
    query: z.object({
      before: z.string().max(40).optional().describe("Only entries before the one of this id."),
      limit: z
        .string()
        .regex(/^([1-9]\d{0,2}|1000)$/)
        .optional()
        .describe("1 to 1000; 50 where nothing is said."),
    }),
    status: 200,
    answer: z.strictObject({
      entries: z.array(
        z.strictObject({
          id: z.string(),
          action: z.string().describe("The id of the entry with which the action began."),
          time: z.int().describe("Epoch ms."),
          operator: z.string().describe("Empty for somebody whom the platform does not know."),
          from: z.string().describe("The network address."),
          operation: z.string(),
          request: z.string().describe("What was asked for, as JSON."),
          outcome: z.enum(AUDIT_OUTCOMES),
          code: z.int().describe("Of a refusal; 0 otherwise."),
        }),
      ),
    }),
  },
  queues: {
    method: "get",
    path: "/meridian/v1/operator/queues",
    summary: "What waits in this Region: queues of the event bus, dead letters, outbox, journal",
    access: "operator",
    status: 200,
    answer: z.strictObject({
      queues: z.array(
        z.strictObject({
          queue: z.string(),
          waiting: z.int(),
          inFlight: z.int(),
          oldestMs: ageMs,
          dead: z.int(),
          oldestDeadMs: ageMs,
        }),
      ),
      shards: z.array(
        z.strictObject({
          shard: z.string(),
          outbox: z.int().describe("Commands that wait for the shard's owner."),
          outboxOldestMs: ageMs,
          journal: z.int().describe("Outcomes that wait for the journal."),
          journalOldestMs: ageMs,
        }),
      ),
    }),
  },
  redrive: {
    method: "post",
    path: "/meridian/v1/operator/queues/{queue}/redrive",
    summary: "Bring dead letters of this Region back to their queue, the oldest first",
    access: "operator",
    body: z.object({ limit: z.int().min(1).max(REDRIVE_MAX).default(REDRIVE_MAX) }),
    status: 200,
    answer: z.strictObject({ queue: z.string(), moved: z.int() }),
  },
  snapshots: {
    method: "get",
    path: "/meridian/v1/operator/shards/{shard}/snapshots",
    summary: "The snapshots that this Region keeps of a shard, the newest first",
    access: "operator",
    status: 200,
    answer: z.strictObject({ shard: z.string(), snapshots: z.array(snapshot) }),
  },
  takeSnapshot: {
    method: "post",
    path: "/meridian/v1/operator/shards/{shard}/snapshots",
    summary: "Take a snapshot of a shard in this Region now",
    access: "operator",
    status: 201,
    answer: z.strictObject({ shard: z.string(), ...snapshot.shape }),
  },
  digests: {
    method: "get",
    path: "/meridian/v1/operator/shards/{shard}/digests",
    summary: "What this Region's fold of a shard came to, to be held against that of the others",
    access: "operator",
    query: z.object({
      seq: z
        .string()
        .regex(/^[1-9]\d{0,14}$/)
        .optional()
        .describe("Asks for the state at this seq too, folded again from the snapshot before it."),
    }),
    status: 200,
    answer: z.strictObject({
      shard: z.string(),
      folded: seq.describe("How far this Region has folded."),
      live: z
        .array(z.strictObject({ ...place, digest }))
        .describe("Noted as the fold passed, at seqs that are the same in every Region; the oldest first."),
      at: z
        .strictObject({ ...place, digest })
        .nullable()
        .describe("At the seq that was asked for."),
    }),
  },
  replay: {
    method: "post",
    path: "/meridian/v1/operator/shards/{shard}/replay",
    summary:
      "Fold a shard's log again from its beginning, or from the oldest snapshot that it still reaches back to, and compare with what this Region shows",
    access: "operator",
    status: 200,
    answer: z.strictObject({
      shard: z.string(),
      ...place,
      from: seq.describe("From where it was folded: 0 for the log's beginning, else the seq of a snapshot."),
      kept: digest.describe("Of the state that is shown."),
      replayed: digest.describe("Of the state that the log gives."),
      agrees: z.boolean(),
    }),
  },
  rebuildProjections: {
    method: "post",
    path: "/meridian/v1/operator/shards/{shard}/projections",
    summary: "Make orders, trades and candles of a shard anew from this Region's journal",
    access: "operator",
    status: 200,
    answer: z.strictObject({ shard: z.string(), seq }),
  },
  checkLedger: {
    method: "post",
    path: "/meridian/v1/operator/ledger/check",
    summary: "Hold this Region's ledger against the engine as it is now",
    access: "operator",
    status: 200,
    answer: z.strictObject({
      checks: z.array(
        z.strictObject({
          shard: z.string(),
          seq,
          difference: z
            .string()
            .regex(/^\d+$/)
            .describe("All that differs, in smallest units, without signs: 0."),
          differing: z
            .array(
              z.strictObject({
                account: z.int(),
                asset: z.string(),
                engine: z.string().regex(/^\d+$/),
                ledger: z.string().regex(/^-?\d+$/),
              }),
            )
            .describe("The first of those that differ."),
        }),
      ),
    }),
  },
} as const satisfies Record<string, Operation>;
