import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alone } from "#local/alone.ts";
import { openStores } from "#local/open-stores.ts";
import { startExchange } from "#local/start-exchange.ts";
import { createIdentityService, type IdentityService } from "#services/gateway/identity/identity-service.ts";
import type { Principal } from "#services/gateway/identity/principal.ts";
import type { OrderEntry } from "#services/gateway/order-entry.ts";
import { attachSockets } from "#services/gateway/sockets/attach-sockets.ts";
import { GENEROUS_SOCKET_LIMITS, type SocketLimits } from "#services/gateway/sockets/socket-limits.ts";
import type { RegionView } from "#services/gateway/views/region-view.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { AccountId, AssetId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { ONE_SHARD, oneShard } from "#test/support/one-shard.ts";

export const COOKIE = "meridian_session";

export interface SocketUser extends Principal {
  readonly token: string;
}

/** A real shard, real stores in a temporary folder, and the sockets on a real port. */
export interface SocketPlatform {
  readonly url: string;
  readonly view: RegionView;
  readonly entry: OrderEntry;
  readonly journal: Journal;
  readonly identity: IdentityService;
  /** Signs up and deposits smallest units by asset. */
  newUser(name: string, funds?: Readonly<Record<string, number>>): Promise<SocketUser>;
  /** Tears every TCP connection down without a word, as a lost network does. */
  dropConnections(): void;
  stop(): Promise<void>;
}

export async function startSocketPlatform(
  options: {
    readonly limits?: Partial<SocketLimits>;
    readonly recentUpdates?: number;
    /** What the sockets have for a journal instead of the shard's own. */
    readonly journalOf?: (journal: Journal) => Journal;
    readonly metrics?: Metrics;
  } = {},
): Promise<SocketPlatform> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-sockets-"));
  const clock = systemClock();
  const random = systemRandom();
  const onFailure = (error: unknown): never => {
    throw error;
  };
  const definitions = oneShard();
  const stores = openStores(folder, { fresh: false, shards: [ONE_SHARD], onFailure });
  const exchange = await startExchange({ definitions, ...alone("test"), stores, clock, random, onFailure });
  const { view: all, entry, projections, journals, finality, status, queue } = exchange;
  const view = all.shard(ONE_SHARD);
  const journal = journals.get(ONE_SHARD);
  assert(view !== undefined && journal !== undefined, "the shard is at work");
  const identity = await createIdentityService({
    store: stores.identity,
    clock,
    random,
    mintAccount: () => stores.counters.take("account", 1) as AccountId,
    sessionLifetimeSeconds: 3600,
    sealerOf: (key) => createLocalSealer(key, random),
  });
  const server = createServer((_request, response) => response.end());
  const connections = new Set<TcpSocket>();
  server.on("connection", (connection) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  const sockets = attachSockets({
    reconciliations: exchange.reconciliations,
    server,
    view: all,
    journals: new Map([[ONE_SHARD, options.journalOf?.(journal) ?? journal]]),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    finality,
    status,
    queue,
    entry,
    projections,
    authenticator: identity,
    clock,
    limits: { ...GENEROUS_SOCKET_LIMITS, ...options.limits },
    sessionCookieName: COOKIE,
    ...(options.recentUpdates === undefined ? {} : { recentUpdates: options.recentUpdates }),
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const dropConnections = () => {
    for (const connection of connections) connection.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    view,
    entry,
    journal,
    identity,
    newUser: async (name, funds = {}) => {
      const { account, token } = await identity.signUp(name, "correct horse battery staple");
      for (const [asset, amount] of Object.entries(funds)) {
        const command = { kind: "Deposit", account, asset: asset as AssetId, amount } as const;
        const deposited = await entry.submit(entry.freshCommandId(account), command, ONE_SHARD);
        assert(deposited.ok, "funds are deposited");
      }
      return { account, user: name, via: "session", canTrade: true, token };
    },
    dropConnections,
    stop: async () => {
      await sockets.close();
      dropConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await exchange.stop();
      await stores.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
