import type { ExperimentReport, PlatformFigures } from "./summary.ts";

/** What was measured of how the platform recovered, one line a fact. */
export function recoveryLines({ longestSilenceMs, platform, found }: ExperimentReport): string[] {
  if (platform === undefined) return [];
  const { failoverMsMax, ownerChanges, took } = platform;
  return [
    `no client was without an answer for longer than ${longestSilenceMs} ms`,
    ...(failoverMsMax === null
      ? []
      : [`a zone took over: nothing was published for ${failoverMsMax} ms at most`]),
    ...ownerChanges.map(
      ({ shard, from, to, epoch, afterMs }) =>
        `${shard} went from ${from} to ${to} (epoch ${epoch}), ${afterMs} ms after the hurt`,
    ),
    ...Object.entries(took).map(([step, ms]) => `${step}: ${ms} ms`),
    ...(found?.facts ?? []),
    ...(found?.problems ?? []).map((problem) => `NOT AS IT MUST BE: ${problem}`),
  ];
}

/** What waited in the platform, and what it found out about itself. */
export function platformLine(platform: PlatformFigures): string {
  const { queuedEventsMax, queuedOrdersMax, backpressure, tapeDivergences, verdicts } = platform;
  return `queued events at most ${queuedEventsMax}, queued orders at most ${queuedOrdersMax}, admission control at worst "${backpressure}", tape divergences ${tapeDivergences}, verdicts of fills: ${verdicts.confirmed} confirmed, ${verdicts.conflicted} conflicted`;
}
