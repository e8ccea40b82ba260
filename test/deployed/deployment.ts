import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { Client } from "pg";
import { type LocalCloud, startLocalCloud } from "#local/aws-local/local-cloud.ts";
import { mapQueue } from "#local/aws-local/map-queue.ts";
import { startSecrets } from "#local/aws-local/start-secrets.ts";
import type { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { SqsQueue } from "#shared/adapters/aws/event-bus/sqs-queue.ts";
import { openDynamo } from "#shared/adapters/aws/region/open-dynamo.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { openPostgresLedger } from "#shared/adapters/sql/ledger/open-postgres-ledger.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import { CONSUMERS, type Consumer } from "#shared/protocol/bus/consumers.ts";
import { functionOf } from "#test/functions/local-world.ts";
import { harmlessRun } from "#test/support/dead-letters.ts";
import { startIssuer } from "#test/support/issuer.ts";
import { type Balancer, startBalancer } from "./balancer.ts";
import { callOnSchedule } from "./call-on-schedule.ts";
import { startTask, type Task } from "./task.ts";
import { here, LEDGER_SECRET, SEALING_KEY, TOKEN, taskSpecs } from "./task-specs.ts";

/** Of `dev`: one Region, a gateway, matching in two zones, reconciliation. */
export interface Deployment {
  readonly cloud: LocalCloud;
  readonly balancer: Balancer;
  readonly issuer: Awaited<ReturnType<typeof startIssuer>>;
  readonly ledger: Ledger;
  /** Of whoever operates it: what the secret in the task definition holds. */
  readonly operatorToken: string;
  /** Leaves dead letters in a consumer's dead-letter queue, as an outage would have: the consumer takes them when they come again, and they change nothing. */
  plantDeadLetters(consumer: Consumer, count: number): Promise<void>;
  /** The Region's tables, as an outage finds them. */
  openTables(): Dynamo;
  /** Starts a task of a service as its task definition says: `gateway`, `matching-all-a`, … A gateway is behind the balancer from when it is ready. */
  start(name: string): Promise<Task>;
  stop(): Promise<void>;
}

const REGION = "us-east-1" as RegionId;
/** Calls functions that a schedule calls, oftener than each minute. */
const SCHEDULE_MS = 2000;

/** AWS's services that have an endpoint here, as the SDK's variables name them. */
export type ServiceName = "KINESIS" | "DYNAMODB" | "SNS" | "SQS" | "KMS" | "SECRETS_MANAGER";

export interface DeploymentOptions {
  /** By which address tasks and functions reach a service: its own where nothing stands between. */
  readonly endpointOf?: (service: ServiceName, url: string) => Promise<string>;
  /** How often functions are called that a schedule calls. */
  readonly scheduleMs?: number;
}

/** Starts what stands for AWS, with what the infrastructure would have made in it, the functions behind their queues, and nothing else yet. */
export async function startDeployment({
  endpointOf = async (_service, url) => url,
  scheduleMs = SCHEDULE_MS,
}: DeploymentOptions = {}): Promise<Deployment> {
  const clock = systemClock();
  const closers: (() => unknown)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const specOf = await taskSpecs("dev");
    const cloud = await startLocalCloud({
      regions: [REGION],
      shards: 1,
      clock,
      environment: "dev",
      // All of them, as in a deployment: operators see each; nobody consumes the notifier's here.
      consumers: CONSUMERS,
      redisToken: TOKEN,
      sealingKey: SEALING_KEY,
      onFailure: (error) => process.stderr.write(`${error.message}\n`),
    });
    closers.push(() => cloud.stop());
    const config = cloud.configOf(REGION);
    const { endpoints = {} } = config.place;
    const issuer = await startIssuer();
    closers.push(() => issuer.close());
    const secret = JSON.stringify({ username: "postgres", password: "any" });
    const secrets = await startSecrets(new Map([[LEDGER_SECRET, secret]]));
    closers.push(() => secrets.close());
    const balancer = await startBalancer();
    closers.push(() => balancer.close());
    const ledgerUrl = await createDatabase(config.ledgerUrl, "ledger");
    const ledger = await openPostgresLedger({ connectionString: ledgerUrl });
    closers.push(() => ledger.close());

    const aws: Record<string, string> = {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_KINESIS: await endpointOf("KINESIS", endpoints.kinesis ?? ""),
      AWS_ENDPOINT_URL_DYNAMODB: await endpointOf("DYNAMODB", endpoints.dynamodb ?? ""),
      AWS_ENDPOINT_URL_SNS: await endpointOf("SNS", endpoints.queues ?? ""),
      AWS_ENDPOINT_URL_SQS: await endpointOf("SQS", endpoints.queues ?? ""),
      AWS_ENDPOINT_URL_KMS: await endpointOf("KMS", endpoints.kms ?? ""),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: await endpointOf("SECRETS_MANAGER", secrets.url),
    };
    const { sns, sqs } = queueClients({ region: REGION, local: { url: endpoints.queues ?? "" } });
    closers.push(() => sns.destroy());
    closers.push(() => sqs.destroy());
    for (const [name, variables] of Object.entries(FUNCTIONS)) {
      const consumer = name as keyof typeof FUNCTIONS;
      const bundle = functionOf(consumer);
      closers.push(() => bundle.remove());
      const host = new URL(config.ledgerUrl).host;
      const target = await bundle.start({
        ...aws,
        MERIDIAN_ENVIRONMENT: "dev",
        MERIDIAN_ACCOUNT_ID: config.place.accountId,
        MERIDIAN_REGIONS: REGION,
        ...variables(host),
      });
      closers.push(() => bundle.killAll());
      const mapping = mapQueue({
        queue: new SqsQueue(sqs, config.bus.queues[consumer]),
        target,
        waitSeconds: 1,
      });
      closers.push(() => mapping.stop());
      if (consumer !== "projector") continue;
      const schedule = callOnSchedule(target, scheduleMs, clock);
      closers.push(() => schedule.stop());
    }

    const tasks = new Set<Task>();
    closers.push(async () => {
      for (const task of tasks) await task.kill();
    });
    return {
      cloud,
      balancer,
      issuer,
      ledger,
      operatorToken: TOKEN,
      plantDeadLetters: async (consumer, count) => {
        for (let index = 0; index < count; index++)
          await sqs.send(
            new SendMessageCommand({
              QueueUrl: config.bus.queues[consumer].deadUrl,
              MessageBody: harmlessRun(index).text,
              MessageGroupId: "shard:crypto-1",
              MessageDeduplicationId: `planted-${consumer}-${index}`,
            }),
          );
      },
      openTables: () => {
        const dynamo = openDynamo(config.place, clock);
        closers.push(() => dynamo.close());
        return dynamo;
      },
      start: async (name) => {
        const spec = specOf(REGION, name);
        const task = await startTask({
          ...spec,
          environment: {
            ...spec.environment,
            ...aws,
            ...here(spec.environment, {
              fanout: config.redisUrl,
              issuer: issuer.url,
              account: config.place.accountId,
              ledger: new URL(config.ledgerUrl).host,
            }),
          },
        });
        tasks.add(task);
        if (name === "gateway") balancer.add(task);
        return task;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const FUNCTIONS = {
  projector: (_ledger: string): Record<string, string> => ({}),
  ledger: (ledger: string): Record<string, string> => ({
    MERIDIAN_LEDGER_HOST: ledger,
    MERIDIAN_LEDGER_SECRET: LEDGER_SECRET,
  }),
};

/** Makes a database beside another one; its address. */
async function createDatabase(besides: string, name: string): Promise<string> {
  const client = new Client({ connectionString: besides });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`).finally(() => client.end());
  const url = new URL(besides);
  url.pathname = `/${name}`;
  return url.href;
}
