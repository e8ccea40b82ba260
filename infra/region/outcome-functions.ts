import { Construct } from "constructs";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import {
  CloudwatchEventRule,
  CloudwatchEventTarget,
  type IamRolePolicy,
  LambdaEventSourceMapping,
  LambdaPermission,
} from "../aws.ts";
import type { Bundles } from "../bundles/bundles.ts";
import { secretArn } from "../secret.ts";
import { LEDGER_PORT, LEDGER_SECRET, type LedgerDatabase } from "./ledger-database.ts";
import { mailVariables } from "./mail-variables.ts";
import type { OutcomeTopics } from "./outcome-topics.ts";
import {
  consumeQueue,
  dataKeys,
  followTable,
  listStreams,
  queueArnOf,
  readSecrets,
  readTables,
  sealingKey,
  sendMail,
  writeTables,
} from "./permissions.ts";
import type { RegionBase } from "./region-stack-types.ts";
import type { ServerlessDoor } from "./serverless-door.ts";
import { ServiceFunction, type ServiceFunctionSettings } from "./service-function.ts";
import { commonVariables, functionVariables } from "./service-task.ts";

/** A batch ends before its messages come again: the queues hide them for 30 s. */
const TIMEOUT_SECONDS = 25;

/** The ledger's connections are bounded by this, so it needs no proxy; and more than a few projectors only wait for each other. */
const CONCURRENCY: Partial<Record<Consumer, number>> = { ledger: 8, projector: 4 };

/** A subscription's head that says that something waits (dynamo-notice-store.ts). */
const SOMETHING_WAITS = {
  dynamodb: { Keys: { sk: { S: ["HEAD"] } }, NewImage: { waiting: { S: [{ exists: true }] } } },
};

export interface OutcomeFunctionsSettings {
  readonly bundles: Bundles;
  readonly topics: OutcomeTopics;
  readonly ledger: LedgerDatabase;
  readonly door: ServerlessDoor;
  readonly noticesStreamArn: string;
}

/** The functions behind the outcome queues: projector, ledger, notifier. */
export class OutcomeFunctions extends Construct {
  private readonly topics: OutcomeTopics;

  constructor(
    base: RegionBase,
    { bundles, topics, ledger, door, noticesStreamArn }: OutcomeFunctionsSettings,
  ) {
    const { stack } = base;
    super(stack, "outcome-functions");
    this.topics = topics;

    const projector = this.behindQueue(base, {
      name: "projector",
      bundle: bundles.projector,
      variables: functionVariables("projector", commonVariables(base)),
      statements: [
        writeTables(base, "orders", "trades", "candles", "steps", "memory"),
        readTables(base, "journal", "snapshots"),
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
        consumeQueue(base, "ledger"),
        readSecrets(base, LEDGER_SECRET),
        dataKeys(base, "sqs", "secretsmanager"),
      ],
      memoryMib: 512,
      timeoutSeconds: TIMEOUT_SECONDS,
      inNetwork: true,
    });
    if (ledgerFunction.firewall !== undefined) {
      ledger.firewall.admit(ledgerFunction.firewall, LEDGER_PORT, "entries from the ledger function");
      ledgerFunction.firewall.allowHttpsOut("Secrets Manager, X-Ray");
    }

    const notifier = this.behindQueue(base, {
      name: "notifier",
      bundle: bundles.notifier,
      variables: functionVariables("notifier", {
        ...commonVariables(base),
        MERIDIAN_SEALING_KEY: base.sealingKeyArn,
        ...mailVariables(base),
        MERIDIAN_DOOR_ENDPOINT: door.connectionsUrl,
      }),
      statements: [
        writeTables(base, "connections", "notices"),
        followTable(base, "notices"),
        listStreams(base, "notices"),
        consumeQueue(base, "notifier"),
        dataKeys(base, "dynamodb", "sqs"),
        // Links that end mails are sealed.
        sealingKey(base, "open", "seal"),
        {
          actions: ["execute-api:ManageConnections"],
          resources: [`${door.executionArn}/*/*/@connections/*`],
        },
        sendMail(base),
      ],
      memoryMib: 512,
      timeoutSeconds: TIMEOUT_SECONDS,
      inNetwork: false,
    });
    // What waits is sent as soon as it is written down; what is tried again, within a minute of its time.
    new LambdaEventSourceMapping(this, "notifier-changes", {
      eventSourceArn: noticesStreamArn,
      functionName: notifier.function.arn,
      startingPosition: "LATEST",
      batchSize: 100,
      maximumRetryAttempts: 0,
      filterCriteria: { filter: [{ pattern: JSON.stringify(SOMETHING_WAITS) }] },
      dependsOn: rightsOf(notifier),
    });
    this.everyMinute("projector", projector);
    this.everyMinute("notifier", notifier);
  }

  /** Calls a function each minute, whatever its queue brings. */
  private everyMinute(name: string, { function: called }: ServiceFunction): void {
    const rule = new CloudwatchEventRule(this, `${name}-minute`, {
      name: `${called.functionNameInput}-minute`,
      scheduleExpression: "rate(1 minute)",
    });
    new CloudwatchEventTarget(this, `${name}-minute-calls`, { rule: rule.name, arn: called.arn });
    new LambdaPermission(this, `${name}-minute-may`, {
      functionName: called.functionName,
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    });
  }

  /** A function that is given its queue's batches, and gives back which messages it did not do. */
  private behindQueue(
    base: RegionBase,
    settings: ServiceFunctionSettings & { readonly name: Consumer },
  ): ServiceFunction {
    const made = new ServiceFunction(base, settings);
    const queue = this.topics.queues.get(settings.name);
    if (queue === undefined) throw new Error(`no queue of ${settings.name}`);
    new LambdaEventSourceMapping(this, `${settings.name}-batches`, {
      eventSourceArn: queueArnOf(base, settings.name),
      functionName: made.function.arn,
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: CONCURRENCY[settings.name] ?? 32 },
      // It is named by its ARN, which is known before it is there.
      dependsOn: [queue, ...rightsOf(made)],
    });
    return made;
  }
}

/** Lambda asks at once whether a function may read what it is to be given. */
function rightsOf({ role }: ServiceFunction): IamRolePolicy[] {
  return role.policy === undefined ? [] : [role.policy];
}
