import { createServer, type RequestListener, type Server } from "node:http";
import {
  readServiceConfig,
  type ServiceConfig,
  ServiceConfigError,
  type ServiceName,
} from "#shared/config/service-config.ts";
import { VARIABLES, type VariableName } from "#shared/config/service-variables.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { createLog } from "#shared/telemetry/create-log.ts";
import type { Log } from "#shared/telemetry/log.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { openMetrics } from "#shared/telemetry/open-metrics.ts";
import { DEFAULT_TRACES_RATIO, openTracing } from "#shared/telemetry/open-tracing.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";

/** A service that runs as a task of ECS. */
export type TaskService = Extract<ServiceName, "gateway" | "matching" | "reconciliation">;

/** What every task is told. */
type CommonConfig = Pick<
  ServiceConfig<TaskService>,
  "MERIDIAN_REGION" | "MERIDIAN_OTLP_ENDPOINT" | "MERIDIAN_PORT" | "MERIDIAN_LOG" | "MERIDIAN_DRAIN_MS"
>;

export interface TaskContext<Service extends TaskService> {
  readonly config: ServiceConfig<Service>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** Answers on the task's port from now on. */
  listen(listener: RequestListener): Promise<Server>;
  /** What the task cannot go on from: it stops, and ECS starts another. */
  readonly fail: (error: unknown) => void;
}

/** What a task does until it is stopped. */
export interface RunningTask {
  /** Hands over what it holds; whatever was taken is done or in a store when it resolves. */
  stop(): Promise<void>;
}

/** So long the last metrics and spans may take. */
const TELEMETRY_MS = 1000;

/**
 * Runs a service as a task: configuration from its variables, log lines to the standard output, metrics and traces to the collector, and on SIGTERM a stop that ends within `MERIDIAN_DRAIN_MS`. A bad configuration is one line on the
 * standard error. Ends with 0 where it was asked to, with 1 where it failed.
 */
export async function runTask<Service extends TaskService>(
  service: Service,
  clock: Clock,
  start: (context: TaskContext<Service>) => Promise<RunningTask>,
): Promise<void> {
  const config = configOf(service);
  if (config === undefined) return;
  const common: CommonConfig = config as ServiceConfig<TaskService>;
  const { MERIDIAN_REGION: region, MERIDIAN_OTLP_ENDPOINT: otlpUrl, MERIDIAN_PORT: port } = common;
  const zone = "MERIDIAN_ZONE" in config ? String(config.MERIDIAN_ZONE) : undefined;
  const who = { service, region, ...(zone === undefined ? {} : { zone }) };
  const { metrics, close: closeMetrics } = openMetrics({ ...who, otlpUrl });
  const traces = openTracing({ ...who, otlpUrl, ratio: DEFAULT_TRACES_RATIO, clock, metrics });
  const log = createLog({
    ...who,
    level: common.MERIDIAN_LOG,
    secrets: secretsOf(config),
    trace: () => traces.tracing.current(),
  });
  let running: Promise<RunningTask | undefined> | undefined;
  let isStopping = false;
  const end = async (exitCode: number, reason: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ reason }, "task-stopping");
    const deadline = clock.schedule(common.MERIDIAN_DRAIN_MS, () => {
      log.error({ reason: "it took too long" }, "task-ended");
      process.exit(1);
    });
    try {
      await (await running)?.stop();
    } catch (error) {
      log.error({ err: error }, "task-not-stopped");
      exitCode = 1;
    }
    const isOver = new Promise<void>((resolve) => void clock.schedule(TELEMETRY_MS, resolve));
    // A collector that is gone first does not hold anybody up.
    await Promise.race([Promise.allSettled([traces.close(), closeMetrics()]), isOver]);
    deadline.cancel();
    log.info({ reason }, "task-ended");
    process.exit(exitCode);
  };
  const fail = (error: unknown) => {
    log.error({ err: error }, "task-failed");
    void end(1, "it failed");
  };
  process.on("SIGTERM", () => void end(0, "SIGTERM"));
  process.on("SIGINT", () => void end(0, "SIGINT"));
  process.on("uncaughtException", (error) => {
    log.error({ err: error }, "task-failed");
    // What is in memory is not to be trusted any more, and nothing of it may be written.
    process.exit(1);
  });
  const listen = async (listener: RequestListener): Promise<Server> => {
    const server = createServer(listener);
    await new Promise<void>((resolve, reject) => {
      server.once("error", () => reject(new OperatingError(`The port ${port} cannot be listened on.`)));
      server.listen(port, resolve);
    });
    return server;
  };
  running = start({ config, log, metrics, tracing: traces.tracing, listen, fail }).catch((error: unknown) => {
    fail(error);
    return undefined;
  });
  if ((await running) !== undefined) log.info({}, "task-started");
}

function configOf<Service extends TaskService>(service: Service): ServiceConfig<Service> | undefined {
  try {
    return readServiceConfig(service, process.env);
  } catch (error) {
    if (!(error instanceof ServiceConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

function secretsOf(config: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(config).flatMap(([name, value]) =>
    "secret" in VARIABLES[name as VariableName] ? [String(value)] : [],
  );
}
