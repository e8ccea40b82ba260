import { join } from "node:path";
import { handleWithAll } from "#services/notifier/handle-with-all.ts";
import { NoticeSender } from "#services/notifier/notice-sender.ts";
import { notifierHandler } from "#services/notifier/notifier-handler.ts";
import { sealedNotices } from "#services/notifier/sealed-notices.ts";
import { type UnsubscribeLinks, unsubscribeLinks } from "#services/notifier/unsubscribe-links.ts";
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
import type { Mailer } from "#shared/ports/mailer.ts";
import type { NoticeStore } from "#shared/ports/notice-store.ts";
import type { Sealer } from "#shared/ports/sealer.ts";
import type { WebPoster } from "#shared/ports/web-poster.ts";
import type { Log } from "#shared/telemetry/log.ts";
import { tracedHandler } from "#shared/telemetry/traced-handler.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";

export interface NotifierDependencies {
  readonly bus: EventBus;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onFailure: (error: unknown) => void;
  /** How webhooks are sent; to public https addresses alone where nothing is said. */
  readonly poster?: WebPoster | undefined;
  readonly tracing?: Tracing | undefined;
  /** The serverless door's connections. */
  readonly door: ConnectionPoster;
  /** In whose units orders are told of at the door. */
  readonly markets: MarketsById;
  /** With which secrets of webhooks are kept, and links of mails are made. */
  readonly sealer: Sealer;
  /** Where the platform is reached, for links in mails. */
  readonly publicUrl: string;
}

export interface RunningNotifier {
  readonly store: NoticeStore;
  readonly mailer: Mailer;
  readonly links: UnsubscribeLinks;
  readonly connections: Connections;
  stop(): Promise<void>;
}

/** Starts the notifier behind a Region's bus. Subscriptions belong to the Region in which they were made, which tells of its own fold. */
export function startNotifier(dependencies: NotifierDependencies): RunningNotifier {
  const { bus, folder, clock, log, onFailure, tracing } = dependencies;
  const store = sealedNotices(
    openSqliteNoticeStore({ file: join(folder, "notices.db") }),
    dependencies.sealer,
  );
  const links = unsubscribeLinks(dependencies.sealer, dependencies.publicUrl);
  const mailer = createFolderMailer(join(folder, "mails"), clock);
  const sender = new NoticeSender({
    store,
    poster: dependencies.poster ?? createGuardedWebPoster(),
    mail: { mailer, links, markets: dependencies.markets },
    clock,
    onGivenUp: ({ name, subscription }, reason) =>
      log.warn({ busEvent: name, subscription, reason }, "notice-given-up"),
    onFailure,
  });
  const connections = openSqliteConnections({ file: join(folder, "connections.db") });
  const subscription = bus.consume(
    "notifier",
    tracedHandler(
      "notifier.note",
      handleWithAll(
        notifierHandler({ store, clock, onAdded: () => sender.wake() }),
        pushStatuses({ connections, poster: dependencies.door, markets: dependencies.markets, clock }),
      ),
      tracing,
      clock,
    ),
  );
  sender.wake();
  return {
    store,
    mailer,
    links,
    connections,
    stop: async () => {
      subscription.cancel();
      await sender.stop();
      await store.close();
      await connections.close();
    },
  };
}
