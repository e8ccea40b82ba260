import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleFunction } from "#infra/bundles/bundle-functions.ts";
import { type FunctionName, handlerOf } from "#infra/bundles/bundles.ts";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { type LocalFunction, startFunction } from "#local/aws-local/start-function.ts";
import { startQueues } from "#local/aws-local/start-queues.ts";
import { createAwsEventBus } from "#shared/adapters/aws/event-bus/aws-event-bus.ts";
import type { BusAddresses } from "#shared/adapters/aws/event-bus/bus-addresses.ts";
import { busTopology } from "#shared/adapters/aws/event-bus/bus-topology.ts";
import { createBus } from "#shared/adapters/aws/event-bus/create-bus.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { SqsQueue } from "#shared/adapters/aws/event-bus/sqs-queue.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { EventBus } from "#shared/ports/event-bus.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const REGION = "us-east-1";
export const ENVIRONMENT = "local";

/** What each function is told here. */
const COMMON = {
  MERIDIAN_ENVIRONMENT: ENVIRONMENT,
  MERIDIAN_ACCOUNT_ID: "111122223333",
  MERIDIAN_REGION: REGION,
  MERIDIAN_REGIONS: "us-east-1,eu-west-1,ap-northeast-1",
  MERIDIAN_LOG: "error",
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
};

/** The bundle of a function as it is deployed, made once; and processes that run it. */
export function functionOf(name: FunctionName) {
  const folder = mkdtempSync(join(tmpdir(), `meridian-${name}-`));
  const running: LocalFunction[] = [];
  let bundled: Promise<void> | undefined;
  return {
    async start(environment: Readonly<Record<string, string>>): Promise<LocalFunction> {
      bundled ??= bundleFunction(join(ROOT, handlerOf(name)), folder);
      await bundled;
      const started = await startFunction({
        name,
        bundle: folder,
        environment: { ...COMMON, ...environment },
      });
      running.push(started);
      return started;
    },
    async killAll(): Promise<void> {
      for (const each of running.splice(0)) await each.kill();
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface LocalBus {
  readonly bus: EventBus;
  readonly addresses: BusAddresses;
  queueOf(consumer: Consumer): SqsQueue;
}

/** A server of topics and queues, and as many buses on it as a test wants. Deliveries come again after a second where nothing is said. */
export async function startBuses() {
  const clock = systemClock();
  const server: RunningServer = await startQueues({ clock });
  const clients = queueClients({ region: REGION, local: server });
  const opened: EventBus[] = [];
  let count = 0;
  return {
    async open(receivesMax: number, visibilitySeconds = 1): Promise<LocalBus> {
      const settings = { visibilitySeconds, receivesMax };
      const addresses = await createBus(clients.sns, clients.sqs, busTopology(`bus${++count}`, settings));
      const onFailure = (error: unknown) => {
        throw error;
      };
      const bus = createAwsEventBus({ ...clients, addresses, clock, settings, waitSeconds: 1, onFailure });
      opened.push(bus);
      return { bus, addresses, queueOf: (consumer) => new SqsQueue(clients.sqs, addresses.queues[consumer]) };
    },
    async stop(): Promise<void> {
      for (const bus of opened) await bus.close();
      clients.sns.destroy();
      clients.sqs.destroy();
      await server.stop();
    },
  };
}

export type LocalBuses = Awaited<ReturnType<typeof startBuses>>;

/** True when nothing waits for a consumer, and nobody has anything of it. */
export async function isIdle(bus: EventBus, consumer: Consumer): Promise<boolean> {
  const { waiting, inFlight } = await bus.backlog(consumer);
  return waiting + inFlight === 0;
}
