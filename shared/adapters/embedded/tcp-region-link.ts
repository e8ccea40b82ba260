import { type AddressInfo, createServer, type Socket } from "node:net";
import type { RegionId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";
import { FrameConnection } from "./frames/frame-connection.ts";
import { type AnyHandler, LinkAnswerer } from "./link/link-answerer.ts";
import { type PeerAddress, PeerConnection } from "./link/peer-connection.ts";

export interface TcpRegionLinkOptions {
  readonly self: RegionId;
  /** On loopback; 0 for any free port. */
  readonly port: number;
  readonly peers: ReadonlyMap<RegionId, PeerAddress>;
  readonly clock: Clock;
  readonly random: Random;
  /** A handler that threw: the asker hears only that there is no answer. */
  readonly onHandlerFailure: (kind: string, error: unknown) => void;
}

/** A link over TCP: one connection to each peer for what this Region asks, one from each for what it is asked. */
export interface TcpRegionLink extends RegionLink {
  readonly port: number;
  /** Where a peer is from now on. */
  setPeer(region: RegionId, address: PeerAddress): void;
  /** Everything under way is `unreachable` at once. */
  close(): Promise<void>;
}

/** Opens the Region's own side; peers may be there or come later. Rejects if the port cannot be had. */
export async function openTcpRegionLink(options: TcpRegionLinkOptions): Promise<TcpRegionLink> {
  const { self, clock, random, onHandlerFailure } = options;
  const handlers = new Map<string, AnyHandler>();
  const peers = new Map<RegionId, PeerConnection>();
  const incoming = new Set<FrameConnection>();
  const answerer = new LinkAnswerer(handlers, onHandlerFailure);

  const server = createServer((socket: Socket) => {
    const connection = new FrameConnection(socket, {
      onValue: (value) => answerer.take(value, connection),
      onClose: () => incoming.delete(connection),
    });
    incoming.add(connection);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });

  const setPeer = (region: RegionId, address: PeerAddress) => {
    assert(region !== self, "a Region is no peer of itself");
    const known = peers.get(region);
    if (known === undefined) peers.set(region, new PeerConnection({ self, address, clock, random }));
    else known.moveTo(address);
  };
  for (const [region, address] of options.peers) setPeer(region, address);

  return {
    self,
    port: (server.address() as AddressInfo).port,
    setPeer,
    request: <K extends keyof LinkProtocol>(
      to: RegionId,
      kind: K,
      request: LinkProtocol[K]["request"],
      timeoutMs: number,
    ) => {
      const peer = peers.get(to);
      assert(peer !== undefined, `${to} is no peer of ${self}`);
      // What the peer's handler gave comes back as it was: both sides run the same protocol.
      return peer.request(kind, request, timeoutMs) as ReturnType<RegionLink["request"]> as never;
    },
    serve: (kind, handler) => {
      assert(!handlers.has(kind), `${kind} has a handler already`);
      handlers.set(kind, handler as AnyHandler);
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const peer of peers.values()) peer.close();
      for (const connection of incoming) connection.close();
      await closed;
    },
  };
}
