import express, { type Request, type Response, type Router } from "express";
import type { z } from "zod";
import type { NoticeKind } from "#services/notifier/notices-of.ts";
import type { UnsubscribeLinks } from "#services/notifier/unsubscribe-links.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Mailer } from "#shared/ports/mailer.ts";
import type { NoticeStore } from "#shared/ports/notice-store.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Sealer } from "#shared/ports/sealer.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { authenticateRequest, type Need } from "../identity/authenticate-request.ts";
import type { Authenticator, Principal } from "../identity/principal.ts";
import { clientNetwork } from "../rest/client-network.ts";
import { MailConfirmations } from "./mail-confirmations.ts";
import { MailLimits } from "./mail-limits.ts";
import { MAIL_OPERATIONS } from "./mail-operations.ts";

export interface MailRoutesDependencies {
  readonly identity: Authenticator;
  readonly notices: Pick<NoticeStore, "subscribe" | "unsubscribe" | "subscriptionsOf">;
  readonly mailer: Mailer;
  readonly sealer: Sealer;
  readonly random: Random;
  readonly clock: Clock;
}

/** Addresses of an account: each event is mailed to all of them. */
const MAILS_MAX = 5;
const ID_BYTES = 12;

/** `/mails`: whom the notifier mails. Managed by a signed-in person, never by a key, as webhooks are. */
export function mailRoutes({
  identity,
  notices,
  mailer,
  sealer,
  random,
  clock,
}: MailRoutesDependencies): Router {
  const router = express.Router();
  const confirmations = new MailConfirmations(sealer, clock, random);
  const limits = new MailLimits();
  const session = async (request: Request, need: Need): Promise<Principal> => {
    const principal = await authenticateRequest(request, identity, need);
    if (principal.via !== "session") throw new ApiError("UNAUTHORIZED");
    return principal;
  };
  const mailsOf = async ({ account }: Principal) =>
    (await notices.subscriptionsOf(account))
      .filter(({ channel }) => channel === "mail")
      .map(({ id, target, kinds }) => ({ id, address: target, kinds: kinds as NoticeKind[] }));

  router.get("/mails", async (request, response) => {
    response.json({ mails: await mailsOf(await session(request, "user-data")) });
  });
  router.post("/mails", async (request, response) => {
    const principal = await session(request, "trade");
    const { address, kinds } = read(MAIL_OPERATIONS.createMail.body, request);
    if ((await mailsOf(principal)).length >= MAILS_MAX) throw new ApiError("TOO_MANY_MAILS");
    await limits.countCode(principal.account, clientNetwork(request.ip ?? ""), address);
    const id = Buffer.from(random.bytes(ID_BYTES)).toString("hex");
    const wanted = { id, account: principal.account, address, kinds };
    const { code, confirmation, expiresAt } = await confirmations.begin(wanted);
    const sent = await mailer.send({
      to: address,
      subject: "Meridian: your code",
      // No name of the user: the address may be a stranger's.
      text: `The code is ${code}. It confirms this address for mails of a Meridian account, within half an hour.\n\nIf you did not ask for it, do nothing.`,
      id: `code/${id}`,
    });
    if (!sent.ok) throw new ApiError("MAIL_NOT_SENT");
    response.status(201).json({ confirmation, expiresAt });
  });
  router.post("/mails/confirm", async (request, response) => {
    const principal = await session(request, "trade");
    const { confirmation, code } = read(MAIL_OPERATIONS.confirmMail.body, request);
    await limits.countTry(principal.account);
    const { id, account, address, kinds } = await confirmations.finish(principal.account, confirmation, code);
    const others = (await mailsOf(principal)).filter((mail) => mail.id !== id);
    if (others.length >= MAILS_MAX) throw new ApiError("TOO_MANY_MAILS");
    await notices.subscribe({ id, account, channel: "mail", target: address, secret: "", kinds });
    response.status(201).json({ id, address, kinds });
  });
  router.delete("/mails/:id", async (request, response) => {
    const principal = await session(request, "trade");
    const isMail = (await mailsOf(principal)).some(({ id }) => id === request.params.id);
    if (!isMail || !(await notices.unsubscribe(principal.account, request.params.id)))
      throw new ApiError("NO_SUCH_MAIL");
    response.json({ ok: true });
  });
  return router;
}

export interface UnsubscribeDependencies {
  readonly notices: Pick<NoticeStore, "unsubscribe">;
  readonly links: Pick<UnsubscribeLinks, "read">;
}

/** The link in a mail, for whoever has the mail. It asks first: programs that look at links must not end anything. A POST ends it at once, as mail programs do (RFC 8058). */
export function unsubscribeRoutes({ notices, links }: UnsubscribeDependencies): Router {
  const router = express.Router();
  router.get("/mails/unsubscribe", async (request, response) => {
    const isOurs = (await links.read(tokenOf(request))) !== undefined;
    const form = `<form method="post"><button>End these mails</button></form>`;
    answer(response, isOurs, `<p>End the mails that this link came with?</p>${form}`);
  });
  router.post("/mails/unsubscribe", async (request, response) => {
    const name = await links.read(tokenOf(request));
    if (name !== undefined) await notices.unsubscribe(name.account, name.id);
    answer(response, name !== undefined, "<p>These mails have ended.</p>");
  });
  return router;
}

function tokenOf({ query }: Request): string {
  return typeof query.token === "string" ? query.token : "";
}

function answer(response: Response, isOurs: boolean, content: string): void {
  const shown = isOurs ? content : "<p>This link is not one of ours, or not whole.</p>";
  response
    .status(isOurs ? 200 : 400)
    .type("html")
    .send(
      `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Meridian: mails</title><style>body{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem}</style><h1>Meridian</h1>${shown}</html>`,
    );
}

function read<Schema extends z.ZodType>(schema: Schema, request: Request): z.output<Schema> {
  const result = schema.safeParse(request.body ?? {});
  if (result.success) return result.data;
  throw new ApiError("INVALID_FIELD", { field: String(result.error.issues[0]?.path[0] ?? "body") });
}
