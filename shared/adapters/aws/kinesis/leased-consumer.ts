import {
  ConsumerStatus,
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  RegisterStreamConsumerCommand,
} from "@aws-sdk/client-kinesis";
import type { SlotLease } from "#shared/lease/slot-lease.ts";
import type { FanOutConsumer } from "./kinesis-log-options.ts";
import { pause, within } from "./pause.ts";
import { isNamed } from "./request-failure.ts";
import type { StreamAccess } from "./stream-access.ts";

/** How often, and for how long, a consumer is looked at until it is active. */
const LOOK_MS = 200;
const LOOKS_MAX = 150;

/** The registered consumer that has the name of the leased slot. The deployment registers them; one that is missing is registered. */
export function leasedConsumer(access: StreamAccess, lease: Pick<SlotLease, "held">): FanOutConsumer {
  const arns = new Map<string, string>();
  return {
    isHeld: () => lease.held !== undefined,
    async arn() {
      const name = lease.held;
      if (name === undefined) throw new Error("no consumer is held");
      const known = arns.get(name) ?? (await consumerArn(access, name));
      arns.set(name, known);
      return known;
    },
  };
}

async function consumerArn(access: StreamAccess, name: string): Promise<string> {
  const { client, clock, streamName, requestTimeoutMs } = access;
  const ask = <T>(call: (abortSignal: AbortSignal) => Promise<T>) =>
    within(clock, requestTimeoutMs, undefined, call);
  const summary = await ask((abortSignal) =>
    client.send(new DescribeStreamSummaryCommand({ StreamName: streamName }), { abortSignal }),
  );
  const of = { StreamARN: summary.StreamDescriptionSummary?.StreamARN ?? "", ConsumerName: name };
  for (let look = 0; look < LOOKS_MAX; look++) {
    try {
      const answer = await ask((abortSignal) =>
        client.send(new DescribeStreamConsumerCommand(of), { abortSignal }),
      );
      const { ConsumerARN: arn, ConsumerStatus: status } = answer.ConsumerDescription ?? {};
      if (arn !== undefined && status === ConsumerStatus.ACTIVE) return arn;
    } catch (error) {
      if (!isNamed(error, "ResourceNotFoundException")) throw error;
      await ask((abortSignal) => client.send(new RegisterStreamConsumerCommand(of), { abortSignal }));
    }
    await pause(clock, LOOK_MS);
  }
  throw new Error(`the consumer ${name} of ${streamName} does not become active`);
}
