import type { NoticeStore, NoticeSubscription } from "#shared/ports/notice-store.ts";
import type { Sealer } from "#shared/ports/sealer.ts";

/** What a sealed secret begins with in a store. Those that were kept before secrets were sealed are read as they are. */
const MARK = "sealed:";
/** Opened secrets at hand, so that a webhook does not ask for its key each time. */
const OPENED_MAX = 1000;

/** A store that keeps the secrets of webhooks sealed, each bound to its subscription. */
export function sealedNotices(store: NoticeStore, sealer: Sealer): NoticeStore {
  const opened = new Map<string, string>();
  const open = async (subscription: NoticeSubscription): Promise<NoticeSubscription> => {
    const { id, secret } = subscription;
    if (!secret.startsWith(MARK)) return subscription;
    let plain = opened.get(secret);
    if (plain === undefined) {
      const sealed = Buffer.from(secret.slice(MARK.length), "base64");
      plain = Buffer.from(await sealer.open(nameOf(id), sealed)).toString();
      if (opened.size >= OPENED_MAX) opened.clear();
      opened.set(secret, plain);
    }
    return { ...subscription, secret: plain };
  };
  return {
    subscribe: async (subscription) => {
      const { id, secret } = subscription;
      if (secret === "") return store.subscribe(subscription);
      const sealed = await sealer.seal(nameOf(id), Buffer.from(secret));
      return store.subscribe({
        ...subscription,
        secret: `${MARK}${Buffer.from(sealed).toString("base64")}`,
      });
    },
    unsubscribe: (account, id) => store.unsubscribe(account, id),
    // Whoever lists them asks for no secret, so none is opened.
    subscriptionsOf: async (account) =>
      (await store.subscriptionsOf(account)).map((subscription) => ({ ...subscription, secret: "" })),
    add: (notices, now) => store.add(notices, now),
    due: async (now, limit, holdMs) =>
      Promise.all(
        (await store.due(now, limit, holdMs)).map(async (notice) => ({
          ...notice,
          to: await open(notice.to),
        })),
      ),
    settle: (notice, result, now) => store.settle(notice, result, now),
    postpone: (notice, dueAt) => store.postpone(notice, dueAt),
    close: () => store.close(),
  };
}

function nameOf(subscription: string): string {
  return `WEBHOOK#${subscription}`;
}
