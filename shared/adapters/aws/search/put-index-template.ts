import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { type SigningCredentials, signedHeaders } from "./sign-request.ts";

export interface IndexTemplateOptions {
  readonly region: string;
  /** Of the OpenSearch domain: a host; with a scheme it is a server that is not AWS's. */
  readonly host: string;
  readonly template: object;
  readonly clock: Clock;
}

const PATH = "/_index_template/meridian-logs";
const ANSWER_MS = 10_000;

/** OpenSearch did not take the template, or did not answer. */
export class TemplateNotTaken extends OperatingError {
  override readonly name = "TemplateNotTaken";
}

/** Puts the index template of the logs in a Region's OpenSearch, in place of the one that is there. Throws `TemplateNotTaken`. */
export async function putIndexTemplate({ region, host, template, clock }: IndexTemplateOptions) {
  const url = new URL(host.includes("://") ? host : `https://${host}`);
  const body = JSON.stringify(template);
  const request = { method: "PUT", host: url.host, path: PATH, body };
  const credentials = await ownCredentials(region);
  const headers = signedHeaders(request, { region, service: "es", now: clock.now(), credentials });
  let answer: Response;
  try {
    answer = await fetch(new URL(PATH, url), {
      method: "PUT",
      headers: { ...headers, "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  } catch (error) {
    throw new TemplateNotTaken(`${url.host} does not answer`, { cause: error });
  }
  if (!answer.ok) throw new TemplateNotTaken(`${url.host} answered ${answer.status}: ${await answer.text()}`);
}

/** Of the task's role, as any client of the SDK finds them. */
async function ownCredentials(region: string): Promise<SigningCredentials> {
  const client = new DynamoDBClient({ region });
  try {
    return await client.config.credentials();
  } finally {
    client.destroy();
  }
}
