import {
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { clientConfig, type ServicePlace } from "../client-config.ts";

export interface LinkQueueOptions {
  readonly place: ServicePlace;
  readonly name: string;
  /** How long a receive waits for a message, s; 20 where nothing is said, which is what SQS allows. */
  readonly waitSeconds?: number | undefined;
}

const WAIT_SECONDS = 20;
/** Messages of one receive: what SQS gives at most. */
const MESSAGES_MAX = 10;
/** A message that could not be sent soon is lost: whoever asked asks again. */
const SEND_BOUNDS = { attempts: 2, requestTimeoutMs: 2000 };

/** A message that was given, and what it is deleted by. */
export interface ReceivedMessage {
  readonly text: string;
  readonly receipt: string;
}

/** One Region's queue of the link, as its own Region or another one sees it. */
export class LinkQueue {
  readonly #options: LinkQueueOptions;
  readonly #sending: SQSClient;
  readonly #receiving: SQSClient;
  #url: Promise<string> | undefined;

  constructor(options: LinkQueueOptions) {
    this.#options = options;
    // A server that is not AWS's may name its queues by addresses that only it understands, so requests go to it itself.
    const own = options.place.endpoint === undefined ? {} : { useQueueUrlAsEndpoint: false };
    this.#sending = new SQSClient({ ...clientConfig(options.place, SEND_BOUNDS), ...own });
    const requestTimeoutMs = (this.#waitSeconds + 5) * 1000;
    this.#receiving = new SQSClient({
      ...clientConfig(options.place, { attempts: 1, requestTimeoutMs }),
      ...own,
    });
  }

  async send(text: string): Promise<void> {
    await this.#sending.send(new SendMessageCommand({ QueueUrl: await this.#address(), MessageBody: text }));
  }

  /** Waits for messages; may give none. */
  async receive(signal: AbortSignal): Promise<readonly ReceivedMessage[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: await this.#address(),
      MaxNumberOfMessages: MESSAGES_MAX,
      WaitTimeSeconds: this.#waitSeconds,
    });
    const { Messages = [] } = await this.#receiving.send(command, { abortSignal: signal });
    return Messages.map(({ Body = "", ReceiptHandle = "" }) => ({ text: Body, receipt: ReceiptHandle }));
  }

  /** What cannot be deleted comes once more, which does no harm. */
  async remove(messages: readonly ReceivedMessage[]): Promise<void> {
    const Entries = messages.map(({ receipt }, at) => ({ Id: String(at), ReceiptHandle: receipt }));
    await this.#sending.send(new DeleteMessageBatchCommand({ QueueUrl: await this.#address(), Entries }));
  }

  close(): void {
    this.#sending.destroy();
    this.#receiving.destroy();
  }

  get #waitSeconds(): number {
    return this.#options.waitSeconds ?? WAIT_SECONDS;
  }

  /** Asked for once; again where that failed. */
  #address(): Promise<string> {
    this.#url ??= this.#sending
      .send(new GetQueueUrlCommand({ QueueName: this.#options.name }))
      .then(({ QueueUrl = "" }) => QueueUrl)
      .catch((error: unknown) => {
        this.#url = undefined;
        throw error;
      });
    return this.#url;
  }
}
