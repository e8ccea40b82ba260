import { join } from "node:path";
import type { Logger } from "pino";
import { handleWithAll } from "#services/notifier/handle-with-all.ts";
import { NoticeSender } from "#services/notifier/notice-sender.ts";
import { notifierHandler } from "#services/notifier/notifier-handler.ts";
import type { MarketsById } from "#services/serverless-door/door-statuses.ts";
import { pushStatuses } from "#services/serverless-door/push-statuses.ts";
import { createFolderMailer } from "#shared/adapters/embedded/folder-mailer.ts";
import { openSqliteConnections } from "#shared/adapters/embedded/sqlite-connections.ts";
import { openSqliteNoticeStore } from "#shared/adapters/embedded/sqlite-notice-store.ts";
import { createGuardedWebPoster } from "#shared/adapters/real/guarded-web-poster.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { ConnectionPoster } from "#shared/ports/connection-poster.ts";
import type { Connections } from "#shared/ports/connections.ts";
import type { EventBus } from "#shared/ports/event-bus.ts";
import type { NoticeStore } from "#shared/ports/notice-store.ts";
import type { WebPoster } from "#shared/ports/web-poster.ts";

export interface NotifierDependencies {
  readonly bus: EventBus;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onFailure: (error: unknown) => void;
  /** How webhooks are sent; to public https addresses alone where nothing is said. */
  readonly poster?: WebPoster | undefined;
  /** The serverless door's connections. */
  readonly door: ConnectionPoster;
  /** In whose units orders are told of at the door. */
  readonly markets: MarketsById;
}

export interface RunningNotifier {
  readonly store: NoticeStore;
  readonly connections: Connections;
  stop(): Promise<void>;
}

/** Starts the notifier behind a Region's bus. Subscriptions belong to the Region in which they were made, which tells of its own fold. */
export function startNotifier(dependencies: NotifierDependencies): RunningNotifier {
  const { bus, folder, clock, log, onFailure } = dependencies;
  const store = openSqliteNoticeStore({ file: join(folder, "notices.db") });
  const sender = new NoticeSender({
    store,
    poster: dependencies.poster ?? createGuardedWebPoster(),
    mailer: createFolderMailer(join(folder, "mails")),
    clock,
    onGivenUp: ({ name, subscription }, reason) =>
      log.warn({ event: name, subscription, reason }, "notice-given-up"),
    onFailure,
  });
  const connections = openSqliteConnections({ file: join(folder, "connections.db") });
  const subscription = bus.consume(
    "notifier",
    handleWithAll(
      notifierHandler({ store, clock, onAdded: () => sender.wake() }),
      pushStatuses({ connections, poster: dependencies.door, markets: dependencies.markets, clock }),
    ),
  );
  sender.wake();
  return {
    store,
    connections,
    stop: async () => {
      subscription.cancel();
      await sender.stop();
      await store.close();
      await connections.close();
    },
  };
}
