import { Construct } from "constructs";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import { LambdaEventSourceMapping } from "../aws.ts";
import type { Bundles } from "../bundles/bundles.ts";
import { secretArn } from "../secret.ts";
import { LEDGER_PORT, LEDGER_SECRET, type LedgerDatabase } from "./ledger-database.ts";
import {
  consumeQueue,
  dataKeys,
  queueArnOf,
  readSecrets,
  readTables,
  sealingKey,
  writeTables,
} from "./permissions.ts";
import type { RegionBase } from "./region-stack-types.ts";
import type { ServerlessDoor } from "./serverless-door.ts";
import { ServiceFunction, type ServiceFunctionSettings } from "./service-function.ts";
import { commonVariables, functionVariables } from "./service-task.ts";

/** A batch ends before its messages come again: the queues hide them for 30 s. */
const TIMEOUT_SECONDS = 25;

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
  private behindQueue(
    base: RegionBase,
    settings: ServiceFunctionSettings & { readonly name: Consumer },
  ): ServiceFunction {
    const made = new ServiceFunction(base, settings);
    new LambdaEventSourceMapping(this, `${settings.name}-batches`, {
      eventSourceArn: queueArnOf(base, settings.name),
      functionName: made.function.arn,
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
      // The ledger's connections are bounded by this, so it needs no proxy.
      scalingConfig: { maximumConcurrency: settings.name === "ledger" ? 8 : 32 },
    });
    return made;
  }
}
