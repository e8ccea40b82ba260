import { Construct } from "constructs";
import { OUTCOME_QUEUES } from "#shared/config/aws/topics.ts";
import { LambdaEventSourceMapping } from "../aws.ts";
import type { Bundles } from "../bundles/bundles.ts";
import { secretArn } from "../secret.ts";
import { LEDGER_PORT, LEDGER_SECRET, type LedgerDatabase } from "./ledger-database.ts";
import { consumeQueue, dataKeys, readSecrets, readTables, sealingKey, writeTables } from "./permissions.ts";
import type { RegionBase } from "./region-stack-types.ts";
import type { ServerlessDoor } from "./serverless-door.ts";
import { ServiceFunction, type ServiceFunctionSettings } from "./service-function.ts";
import { commonVariables, functionVariables } from "./service-task.ts";

/** A sixth of the queue's visibility: AWS's advice, so that a batch's retries fit before its messages come again. */
const TIMEOUT_SECONDS = 30;

export interface OutcomeFunctionsSettings {
  readonly bundles: Bundles;
  readonly ledger: LedgerDatabase;
  readonly door: ServerlessDoor;
}

/** The functions behind the outcome queues: projector, ledger, notifier. */
export class OutcomeFunctions extends Construct {
  constructor(base: RegionBase, { bundles, ledger, door }: OutcomeFunctionsSettings) {
    const { stack } = base;
    super(stack, "outcome-functions");

    this.behindQueue(base, {
      name: "projector",
      bundle: bundles.projector,
      variables: functionVariables("projector", commonVariables(base)),
      statements: [
        writeTables(base, "orders", "trades", "candles", "steps", "memory"),
        readTables(base, "journal"),
        consumeQueue(base, "projector"),
        dataKeys(base, "dynamodb", "sqs"),
      ],
      memoryMib: 512,
      timeoutSeconds: TIMEOUT_SECONDS,
      inNetwork: false,
    });

    const ledgerFunction = this.behindQueue(base, {
      name: "ledger",
      bundle: bundles.ledger,
      variables: functionVariables("ledger", {
        ...commonVariables(base),
        MERIDIAN_LEDGER_HOST: ledger.host,
        MERIDIAN_LEDGER_SECRET: secretArn(stack, LEDGER_SECRET),
      }),
      statements: [
        readTables(base, "journal"),
        consumeQueue(base, "ledger"),
        readSecrets(base, LEDGER_SECRET),
        dataKeys(base, "dynamodb", "sqs", "secretsmanager"),
      ],
      memoryMib: 512,
      timeoutSeconds: TIMEOUT_SECONDS,
      inNetwork: true,
    });
    if (ledgerFunction.firewall !== undefined) {
      ledger.firewall.admit(ledgerFunction.firewall, LEDGER_PORT, "entries from the ledger function");
      ledgerFunction.firewall.allowHttpsOut("Secrets Manager, DynamoDB, X-Ray");
    }

    this.behindQueue(base, {
      name: "notifier",
      bundle: bundles.notifier,
      variables: functionVariables("notifier", {
        ...commonVariables(base),
        MERIDIAN_SEALING_KEY: base.sealingKeyArn,
        MERIDIAN_MAIL_FROM: `no-reply@${stack.environment.owner.domain}`,
        MERIDIAN_DOOR_ENDPOINT: door.connectionsUrl,
      }),
      statements: [
        writeTables(base, "connections", "memory"),
        readTables(base, "identity"),
        consumeQueue(base, "notifier"),
        dataKeys(base, "dynamodb", "sqs"),
        sealingKey(base, "open"),
        {
          actions: ["execute-api:ManageConnections"],
          resources: [`${door.executionArn}/*/*/@connections/*`],
        },
        {
          actions: ["ses:SendEmail"],
          resources: [
            `arn:aws:ses:${stack.region}:${stack.accountId}:identity/${stack.environment.owner.domain}`,
          ],
        },
      ],
      memoryMib: 512,
      timeoutSeconds: TIMEOUT_SECONDS,
      inNetwork: false,
    });
  }

  /** A function that is given its queue's batches, and gives back which messages it did not do. */
  private behindQueue(base: RegionBase, settings: ServiceFunctionSettings): ServiceFunction {
    const { stack } = base;
    const queue = OUTCOME_QUEUES.find(({ consumer }) => consumer === settings.name);
    if (queue === undefined) throw new Error(`function ${settings.name}: no queue of that name`);
    const made = new ServiceFunction(base, settings);
    new LambdaEventSourceMapping(this, `${settings.name}-batches`, {
      eventSourceArn: `arn:aws:sqs:${stack.region}:${stack.accountId}:${stack.named(queue.consumer)}.fifo`,
      functionName: made.function.arn,
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
      // The ledger's connections are bounded by this, so it needs no proxy.
      scalingConfig: { maximumConcurrency: settings.name === "ledger" ? 8 : 32 },
      dependsOn: [],
    });
    return made;
  }
}
