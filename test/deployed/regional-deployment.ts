import { type LocalCloud, startLocalCloud } from "#local/aws-local/local-cloud.ts";
import { mapQueue } from "#local/aws-local/map-queue.ts";
import { type RegionalFront, startRegionalFront } from "#local/aws-local/regional-front.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { SqsQueue } from "#shared/adapters/aws/event-bus/sqs-queue.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { functionOf } from "#test/functions/local-world.ts";
import { startIssuer } from "#test/support/issuer.ts";
import { callOnSchedule } from "./call-on-schedule.ts";
import { startTask, type Task, type TaskSpec } from "./task.ts";
import { here, SEALING_KEY, TOKEN, taskSpecs } from "./task-specs.ts";

export const REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"] as RegionId[];

/** Of `prod`: three Regions, each with servers of its own that play its AWS, and a network between them that can be cut. */
export interface RegionalDeployment {
  readonly cloud: LocalCloud;
  /** Starts a service of a Region, of one task, as its task definition says: `gateway`, `matching-all-a`, … */
  start(region: RegionId, name: string): Promise<Service>;
  /** Starts the projector of a Region behind its queue: a function that many need and few tests. */
  startProjector(region: RegionId): Promise<void>;
  /** Whether a Region's tasks reach the other Regions, and theirs it. */
  setLinked(region: RegionId, isLinked: boolean): void;
  /** Requests of an operation that a Region's tasks have made, to any Region. */
  requests(region: RegionId, operation: string): number;
  stop(): Promise<void>;
}

/** A service of ECS with one task: where that ends by itself, another is started. */
export interface Service {
  readonly name: string;
  /** The newest. */
  readonly task: Task;
  /** As everything that runs it being lost: its task is killed, and none is started. */
  kill(): Promise<void>;
}

/** Statements are not asked for here. */
const NO_LEDGER = "127.0.0.1:9";
const ENVIRONMENT = "prod";
/** Calls the projectors, which a schedule calls each minute, oftener. */
const SCHEDULE_MS = 3000;

/** Starts what stands for AWS in three Regions, with what the infrastructure would have made in it, and no task yet. */
export async function startRegionalDeployment(): Promise<RegionalDeployment> {
  const clock = systemClock();
  const closers: (() => unknown)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const specOf = await taskSpecs(ENVIRONMENT);
    const shards = defaultDefinitions().shards.map(({ id }) => id);
    const cloud = await startLocalCloud({
      regions: REGIONS,
      shards: shards.length,
      clock,
      environment: ENVIRONMENT,
      consumers: ["projector", "reconciliation"],
      linkedGroups: [shards],
      redisToken: TOKEN,
      sealingKey: SEALING_KEY,
      onFailure: (error) => process.stderr.write(`${error.message}\n`),
    });
    closers.push(() => cloud.stop());
    const issuer = await startIssuer();
    closers.push(() => issuer.close());
    const servers = new Map(
      cloud.places.map(({ region, endpoints = {} }) => {
        const { kinesis, dynamodb, queues, kms } = endpoints;
        return [region, { kinesis, dynamodb, sqs: queues, sns: queues, kms }] as const;
      }),
    );
    const fronts = new Map<RegionId, RegionalFront>();
    for (const region of REGIONS) {
      const front = await startRegionalFront({ servers, clock });
      fronts.set(region, front);
      closers.push(() => front.close());
    }
    const frontOf = (region: RegionId) => {
      const front = fronts.get(region);
      assert(front !== undefined, `${region} has a front`);
      return front;
    };
    const aws = (region: RegionId): Record<string, string> => ({
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      ...Object.fromEntries(
        ["KINESIS", "DYNAMODB", "SNS", "SQS", "KMS"].map((service) => [
          `AWS_ENDPOINT_URL_${service}`,
          frontOf(region).url,
        ]),
      ),
    });
    const projector = functionOf("projector");
    closers.push(() => projector.remove());
    closers.push(() => projector.killAll());
    const startProjector = async (region: RegionId) => {
      const config = cloud.configOf(region);
      const target = await projector.start({
        ...aws(region),
        MERIDIAN_ENVIRONMENT: ENVIRONMENT,
        MERIDIAN_ACCOUNT_ID: config.place.accountId,
        MERIDIAN_REGION: region,
        MERIDIAN_REGIONS: REGIONS.join(),
      });
      const clients = queueClients({ region, local: { url: config.place.endpoints?.queues ?? "" } });
      const queue = new SqsQueue(clients.sqs, config.bus.queues.projector);
      const mapping = mapQueue({ queue, target, waitSeconds: 1 });
      const schedule = callOnSchedule(target, SCHEDULE_MS, clock);
      closers.push(async () => {
        schedule.stop();
        await mapping.stop();
        clients.sns.destroy();
        clients.sqs.destroy();
      });
    };
    const services = new Set<Service>();
    closers.push(async () => {
      for (const service of services) await service.kill();
    });
    return {
      cloud,
      start: async (region, name) => {
        const spec = specOf(region, name);
        const { redisUrl, place } = cloud.configOf(region);
        const service = await startService({
          ...spec,
          name: `${region}/${name}`,
          environment: {
            ...spec.environment,
            ...aws(region),
            ...here(spec.environment, {
              fanout: redisUrl,
              issuer: issuer.url,
              account: place.accountId,
              ledger: NO_LEDGER,
            }),
            // Money is not real here.
            ...(name === "gateway" ? { MERIDIAN_TEST_FUNDS: "on" } : {}),
          },
        });
        services.add(service);
        return service;
      },
      startProjector,
      setLinked: (region, isLinked) => {
        for (const other of REGIONS) {
          if (other === region) continue;
          frontOf(region).setReachable(other, isLinked);
          frontOf(other).setReachable(region, isLinked);
        }
      },
      requests: (region, operation) => frontOf(region).requests(operation),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startService(spec: TaskSpec): Promise<Service> {
  let task = await startTask(spec);
  let isWanted = true;
  const keep = async (): Promise<void> => {
    for (;;) {
      await task.ended;
      if (!isWanted) return;
      const why = task.lines.findLast(({ event }) => event === "task-failed") ?? task.lines.at(-1);
      process.stdout.write(`  ${spec.name} ended by itself: ${why?.text ?? ""}\n`);
      task = await startTask(spec);
    }
  };
  const kept = keep();
  return {
    name: spec.name,
    get task() {
      return task;
    },
    kill: async () => {
      isWanted = false;
      await task.kill();
      await kept;
    },
  };
}
