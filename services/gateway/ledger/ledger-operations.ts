import { z } from "zod";
import { LEDGER_KINDS } from "#shared/ports/ledger.ts";
import type { Operation } from "../operation.ts";

const signed = z.string().regex(/^-?\d+(\.\d+)?$/);
const state = z
  .enum(["final", "provisional"])
  .describe(
    "provisional: of a fork; it is reversed when the fork is over, and what stays is final under its own name.",
  );

/** What clients ask of the ledger. */
export const LEDGER_OPERATIONS = {
  ledgerStatement: {
    method: "get",
    path: "/meridian/v1/ledger/statement",
    summary: "The account's lines of the ledger, the newest first, and what they add up to",
    access: "account",
    query: z.object({
      asset: z.string().max(20).optional(),
      before: z
        .string()
        .regex(/^\d{1,18}$/)
        .optional()
        .describe("Only lines before this `id`: the next page."),
      limit: z
        .string()
        .regex(/^([1-9]\d{0,2}|1000)$/)
        .optional()
        .describe("1 to 1000; 100 where nothing is said."),
    }),
    status: 200,
    answer: z.strictObject({
      holdings: z.array(z.strictObject({ shard: z.string(), asset: z.string(), state, amount: signed })),
      lines: z.array(
        z.strictObject({
          id: z.string(),
          kind: z.enum([...LEDGER_KINDS, "reversal"]),
          state,
          reversed: z.boolean().describe("A reversing line undid it."),
          time: z.int().describe("Epoch ms of the shard's time."),
          symbol: z.string().describe("Empty unless a trade."),
          asset: z.string(),
          amount: signed,
          event: z.string().describe("`<shard>/<branch>/<seq>/<index>`"),
        }),
      ),
    }),
  },
  ledgerChecks: {
    method: "get",
    path: "/meridian/v1/ledger/checks",
    summary: "The ledger held against the engine, shard by shard, at the last final state that was compared",
    access: "public",
    status: 200,
    answer: z.strictObject({
      checks: z.array(
        z.strictObject({
          shard: z.string(),
          seq: z.int(),
          difference: z
            .string()
            .regex(/^\d+$/)
            .describe("All that differs, in smallest units, without signs: 0."),
        }),
      ),
    }),
  },
} as const satisfies Record<string, Operation>;
