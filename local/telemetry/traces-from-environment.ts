import type { Clock } from "#shared/ports/clock.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { DEFAULT_TRACES_RATIO, type OpenTracing, openTracing } from "#shared/telemetry/open-tracing.ts";
import { CommandLineError } from "../cli/fatal.ts";

export interface TracedProcess {
  readonly service: string;
  readonly region: string;
  readonly zone?: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/**
 * Traces a process where OpenTelemetry's own variables say so: to OTEL_EXPORTER_OTLP_ENDPOINT, unless OTEL_TRACES_EXPORTER is `none`; OTEL_TRACES_SAMPLER_ARG is the
 * share that is exported without a reason. `undefined` where nothing is traced. Throws `CommandLineError`.
 */
export function tracesFromEnvironment(
  process: TracedProcess,
  env: NodeJS.ProcessEnv,
): OpenTracing | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl, OTEL_TRACES_EXPORTER: exporter } = env;
  if (otlpUrl === undefined || otlpUrl === "" || exporter === "none") return undefined;
  return openTracing({ ...process, otlpUrl, ratio: ratioOf(env.OTEL_TRACES_SAMPLER_ARG) });
}

function ratioOf(text: string | undefined): number {
  if (text === undefined || text === "") return DEFAULT_TRACES_RATIO;
  if (!/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/.test(text))
    throw new CommandLineError(`OTEL_TRACES_SAMPLER_ARG takes a share from 0 to 1, not "${text}".`);
  return Number(text);
}
