import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A mail that was taken. */
export interface SentMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LocalSes {
  readonly url: string;
  /** In the order in which they came. */
  readonly sent: readonly SentMail[];
  /** Answers the next requests so, one each, instead of taking the mail; `undefined` breaks the connection. */
  fail(...answers: readonly (SesError | undefined)[]): void;
  close(): Promise<void>;
}

export interface SesError {
  readonly status: number;
  readonly code: string;
}

interface SendEmail {
  readonly FromEmailAddress?: string;
  readonly Destination?: { readonly ToAddresses?: readonly string[] };
  readonly Content?: {
    readonly Simple?: {
      readonly Subject?: { readonly Data?: string };
      readonly Body?: { readonly Text?: { readonly Data?: string } };
      readonly Headers?: readonly { readonly Name: string; readonly Value: string }[];
    };
  };
}

const PATH = "/v2/email/outbound-emails";
/** SES takes mail for ASCII addresses of this form, and fifteen headers of a mail (SES API v2, Message). */
const ADDRESS = /^[^\s@<>]+@[^\s@<>]+$/;
const HEADERS_MAX = 15;
const HEADER_NAME = /^[A-Za-z0-9-]{1,126}$/;

/** Starts SES's `SendEmail` (API v2) with one verified domain, in memory: takes mails, as SES refuses what it would refuse, and fails when it is told to. */
export async function startSes(domain: string): Promise<LocalSes> {
  const sent: SentMail[] = [];
  const failures: (SesError | undefined)[] = [];
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const answer = (status: number, body: object, code?: string) => {
      response.writeHead(status, {
        "content-type": "application/json",
        ...(code === undefined ? {} : { "x-amzn-errortype": code }),
      });
      response.end(JSON.stringify(body));
    };
    if (failures.length > 0) {
      const failure = failures.shift();
      if (failure === undefined) return void message.socket.destroy();
      return answer(failure.status, { message: failure.code }, failure.code);
    }
    if (message.method !== "POST" || message.url !== PATH)
      return answer(404, { message: "no such operation" }, "NotFoundException");
    if (!/^AWS4-HMAC-SHA256 .*\/ses\/aws4_request/.test(message.headers.authorization ?? ""))
      return answer(403, { message: "not signed for ses" }, "IncompleteSignatureException");
    const mail = mailOf(JSON.parse(Buffer.concat(chunks).toString()) as SendEmail);
    if (mail === undefined) return answer(400, { message: "a mail is not whole" }, "BadRequestException");
    if (!mail.from.endsWith(`@${domain}`))
      return answer(400, { message: "Email address is not verified." }, "MessageRejected");
    sent.push(mail);
    return answer(200, { MessageId: `local-${sent.length}` });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    fail: (...answers) => void failures.push(...answers),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function mailOf({ FromEmailAddress: from, Destination, Content }: SendEmail): SentMail | undefined {
  const to = Destination?.ToAddresses ?? [];
  const subject = Content?.Simple?.Subject?.Data;
  const text = Content?.Simple?.Body?.Text?.Data;
  const headers = Content?.Simple?.Headers ?? [];
  const isWhole =
    to.length > 0 &&
    to.every((address) => ADDRESS.test(address)) &&
    headers.length <= HEADERS_MAX &&
    headers.every(({ Name, Value }) => HEADER_NAME.test(Name) && !/[\r\n]/.test(Value));
  if (!isWhole || from === undefined || subject === undefined || text === undefined) return undefined;
  return {
    from,
    to,
    subject,
    text,
    headers: Object.fromEntries(headers.map(({ Name, Value }) => [Name, Value])),
  };
}
