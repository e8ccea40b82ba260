import { z } from "zod";
import { COMMAND_VERDICTS } from "#shared/read-model/reconciliation.ts";
import type { Operation } from "../operation.ts";

const decimal = z.string().regex(/^\d+(\.\d+)?$/);
const signed = z.string().regex(/^-?\d+(\.\d+)?$/);
const limit = z
  .string()
  .regex(/^([1-9]\d?|100)$/)
  .optional()
  .describe("1 to 100; 20 where nothing is said.");
const before = z
  .string()
  .max(200)
  .optional()
  .describe("An `id`: only those that are older. For the next page.");
const verdict = z
  .enum(COMMAND_VERDICTS)
  .describe('What became of a command of the fork; docs/regions.md, "Healing".');

const short = {
  id: z.string().describe("`<shard>:<fork>`"),
  shard: z.string(),
  fork: z.string(),
  region: z.string().describe("In whose log the fork lives."),
  branch: z.string().describe("Into which it was replayed last."),
  epoch: z.int(),
  state: z.enum(["replaying", "reconciled"]),
  startedSeq: z.int(),
  endedSeq: z.int(),
  startedAt: z.int().describe("Epoch ms."),
  endedAt: z.int(),
  symbols: z.array(z.string()),
  commands: z.strictObject({
    confirmed: z.int(),
    merged: z.int(),
    reduced: z.int(),
    refused: z.int(),
    overtaken: z.int(),
    skipped: z.int(),
  }),
  fills: z.strictObject({ confirmed: z.int(), conflicted: z.int() }),
};
const trade = z.strictObject({
  symbol: z.string(),
  tradeId: z.int().describe("The fork's own."),
  price: decimal,
  quantity: decimal,
  confirmedQuantity: decimal,
  conflictedQuantity: decimal.describe("What was busted."),
  isBuyerMaker: z.boolean(),
  own: z
    .array(
      z.strictObject({
        orderId: z.int(),
        side: z.enum(["BUY", "SELL"]),
        isMaker: z.boolean(),
        commissionAmount: decimal,
        commissionAsset: z.string(),
      }),
    )
    .describe("The asker's own sides."),
});
const adjustments = z.array(
  z.strictObject({ asset: z.string(), before: decimal, after: decimal, difference: signed }),
);
const compensation = z.array(
  z.strictObject({ symbol: z.string(), tradeId: z.int(), asset: z.string(), amount: signed }),
);

/** What clients ask of forks that were reconciled. */
export const RECONCILIATION_OPERATIONS = {
  reconciliations: {
    method: "get",
    path: "/meridian/v1/reconciliations",
    summary: "Forks that were reconciled, the newest first",
    access: "account",
    query: z.object({ limit, before }),
    status: 200,
    answer: z.strictObject({ reconciliations: z.array(z.strictObject(short)) }),
  },
  reconciliation: {
    method: "get",
    path: "/meridian/v1/reconciliations/{id}",
    summary: "One reconciliation: every fill, and what it changed for the account",
    access: "account",
    status: 200,
    answer: z.strictObject({
      ...short,
      trades: z.array(trade),
      ownCommands: z.array(
        z.strictObject({
          n: z.int(),
          seq: z.int(),
          command: z.string(),
          orderId: z.int(),
          canonicalOrderId: z.int().describe("Under which the order stands: another where it was merged."),
          verdict,
          reason: z.string(),
        }),
      ),
      ownAdjustments: adjustments.describe("Free and locked together, in the fork and since."),
      ownCompensation: compensation.describe("What busted fills had moved, moved back."),
    }),
  },
  adjustments: {
    method: "get",
    path: "/meridian/v1/adjustments",
    summary: "What reconciliations changed for the account, the newest first",
    access: "account",
    query: z.object({ limit, before }),
    status: 200,
    answer: z.strictObject({
      adjustments: z.array(
        z.strictObject({
          reconciliation: z.string(),
          shard: z.string(),
          epoch: z.int(),
          endedSeq: z.int(),
          time: z.int().describe("Epoch ms."),
          adjustments,
          compensation,
        }),
      ),
    }),
  },
} as const satisfies Record<string, Operation>;
