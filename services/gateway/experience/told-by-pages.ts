import type { Request } from "express";
import type { z } from "zod";
import type { UsageCounter } from "#shared/ports/usage-counter.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { isSameOrigin } from "../identity/same-origin.ts";
import { clientNetwork } from "../rest/client-network.ts";

/** A page tells a few times a minute; an office of traders may stand behind one address. */
const REPORTS_PER_MINUTE = 120;

/** Reads what a page tells: from Meridian's own pages, limited by address, in the form that is asked for. Throws `ApiError`. */
export async function toldByPage<T>(request: Request, reports: UsageCounter, body: z.ZodType<T>): Promise<T> {
  if (!isSameOrigin(request)) throw new ApiError("FOREIGN_ORIGIN");
  const { used, remainingMs } = await reports.add(clientNetwork(request.ip ?? ""), 1);
  if (used > REPORTS_PER_MINUTE)
    throw new ApiError("TOO_MANY_REQUESTS", {
      details: [String(REPORTS_PER_MINUTE), "1 MINUTE"],
      retryAfterSeconds: Math.ceil(remainingMs / 1000),
    });
  const read = body.safeParse(request.body ?? {});
  if (!read.success) throw new ApiError("INVALID_FIELD", { field: fieldAtFault(read.error) });
  return read.data;
}

function fieldAtFault({
  issues: [issue],
}: {
  issues: readonly { path: PropertyKey[]; keys?: string[] }[];
}): string {
  return String(issue?.keys?.[0]?.slice(0, 40) ?? issue?.path[0] ?? "body");
}
