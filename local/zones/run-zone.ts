import { connect } from "node:net";
import { MatchingZone } from "#services/matching/zones/matching-zone.ts";
import type { ToZone } from "#services/matching/zones/zone-messages.ts";
import { FrameConnection } from "#shared/adapters/embedded/frames/frame-connection.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";

export interface RunZoneOptions {
  readonly zone: string;
  readonly clock: Clock;
  /** Where the Region's process listens now; it may come back elsewhere. */
  readonly port: () => number;
  readonly ringMax?: number;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
  /** See `MatchingZoneOptions`. */
  readonly onKept?: (traceIds: readonly string[]) => void;
}

const RECONNECT_MS = 50;

/** A matching instance over a socket: whenever the Region's process is gone, it forgets everything and begins anew with the next. */
export function runZone(options: RunZoneOptions): { stop(): void } {
  const { clock } = options;
  let zone: MatchingZone | undefined;
  let retry: Timer | undefined;
  let isStopped = false;
  const start = () => {
    zone = new MatchingZone({
      ...options,
      open: ({ onMessage, onClose }) =>
        new FrameConnection(connect(options.port(), "127.0.0.1"), {
          onValue: (value) => onMessage(value as ToZone),
          onClose,
        }),
      onClose: () => {
        if (!isStopped) retry = clock.schedule(RECONNECT_MS, start);
      },
    });
  };
  start();
  return {
    stop: () => {
      isStopped = true;
      retry?.cancel();
      zone?.close();
    },
  };
}
