import express, { type Request, type Router } from "express";
import type { NoticeStore } from "#shared/ports/notice-store.ts";
import type { Random } from "#shared/ports/random.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { authenticateRequest, type Need } from "../identity/authenticate-request.ts";
import type { Authenticator, Principal } from "../identity/principal.ts";
import { WEBHOOK_OPERATIONS } from "./webhook-operations.ts";

export interface WebhookRoutesDependencies {
  readonly identity: Authenticator;
  readonly notices: Pick<NoticeStore, "subscribe" | "unsubscribe" | "subscriptionsOf">;
  readonly random: Random;
}

/** Webhooks of an account: each event is looked up for all of them. */
const WEBHOOKS_MAX = 10;
const ID_BYTES = 12;
const SECRET_BYTES = 32;

/** `/webhooks`: whom the notifier tells. Managed by a signed-in person, never by a key: a leaked key could send an account's life elsewhere. */
export function webhookRoutes({ identity, notices, random }: WebhookRoutesDependencies): Router {
  const router = express.Router();
  const session = async (request: Request, need: Need): Promise<Principal> => {
    const principal = await authenticateRequest(request, identity, need);
    if (principal.via !== "session") throw new ApiError("UNAUTHORIZED");
    return principal;
  };
  const hex = (count: number) => Buffer.from(random.bytes(count)).toString("hex");
  router.get("/webhooks", async (request, response) => {
    const { account } = await session(request, "user-data");
    const subscriptions = await notices.subscriptionsOf(account);
    response.json({
      webhooks: subscriptions
        .filter(({ channel }) => channel === "webhook")
        .map(({ id, target, kinds }) => ({ id, url: target, kinds })),
    });
  });
  router.post("/webhooks", async (request, response) => {
    const { account } = await session(request, "trade");
    const read = WEBHOOK_OPERATIONS.createWebhook.body.safeParse(request.body ?? {});
    if (!read.success)
      throw new ApiError("INVALID_FIELD", { field: String(read.error.issues[0]?.path[0] ?? "body") });
    const { url, kinds } = read.data;
    if (!isWebAddress(url)) throw new ApiError("INVALID_FIELD", { field: "url" });
    const webhooks = (await notices.subscriptionsOf(account)).filter(({ channel }) => channel === "webhook");
    if (webhooks.length >= WEBHOOKS_MAX) throw new ApiError("TOO_MANY_WEBHOOKS");
    const id = hex(ID_BYTES);
    const secret = hex(SECRET_BYTES);
    await notices.subscribe({ id, account, channel: "webhook", target: url, secret, kinds });
    response.status(201).json({ id, url, kinds, secret });
  });
  router.delete("/webhooks/:id", async (request, response) => {
    const { account } = await session(request, "trade");
    if (!(await notices.unsubscribe(account, request.params.id))) throw new ApiError("NO_SUCH_WEBHOOK");
    response.json({ ok: true });
  });
  return router;
}

/** Says early what the sender would refuse in any case; where the name leads is looked at when something is sent. */
function isWebAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && url.username === "" && url.password === "";
}
