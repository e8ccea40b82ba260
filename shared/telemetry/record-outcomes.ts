import type { Outcome } from "#shared/domain/event.ts";
import type { Tracing } from "./tracing.ts";

/** A stage that took a batch of outcomes and has ended now: a span for each of them that belongs to a trace. */
export function recordOutcomes(
  tracing: Tracing | undefined,
  stage: "projector.write" | "bus.publish",
  outcomes: readonly Outcome[],
  beginMs: number,
): void {
  if (tracing?.isOn !== true) return;
  for (const { commandId, shard, seq } of outcomes) {
    const context = tracing.contextOf(commandId);
    if (context === undefined) continue;
    tracing.record(stage, context, beginMs, {
      attributes: { "meridian.shard": shard, "meridian.seq": seq, "meridian.batch": outcomes.length },
    });
  }
}
