import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import { pipeFrames } from "./frame-pipe.ts";
import type { LinkConditions } from "./link-conditions.ts";

export interface LinkNetworkOptions {
  readonly regions: readonly string[];
  readonly conditions: LinkConditions;
  readonly clock: Clock;
  readonly random: Random;
}

/** The ways between all Regions, each with a port of its own on loopback: what the WAN is to Regions that are apart. */
export interface LinkNetwork {
  /** Where `from` finds `to`. */
  port(from: string, to: string): number;
  /** Where the Region itself listens now. Connections to where it was end. */
  setTarget(region: string, port: number): void;
  close(): Promise<void>;
}

interface Way {
  readonly from: string;
  readonly to: string;
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

/** Opens all ways. Until a Region's port is known, connections to it end at once. */
export async function startLinkNetwork(options: LinkNetworkOptions): Promise<LinkNetwork> {
  const targets = new Map<string, number>();
  const ways: Way[] = [];
  for (const from of options.regions)
    for (const to of options.regions) if (from !== to) ways.push(await openWay(from, to, targets, options));
  const wayOf = (from: string, to: string) => {
    const way = ways.find((each) => each.from === from && each.to === to);
    if (way === undefined) throw new Error(`there is no way from ${from} to ${to}`);
    return way;
  };
  return {
    port: (from, to) => (wayOf(from, to).server.address() as AddressInfo).port,
    setTarget: (region, port) => {
      targets.set(region, port);
      for (const way of ways) if (way.to === region) for (const socket of way.sockets) socket.destroy();
    },
    close: async () => {
      for (const { server, sockets } of ways) {
        const closed = new Promise((resolve) => server.close(resolve));
        for (const socket of sockets) socket.destroy();
        await closed;
      }
    },
  };
}

/** Requests of `from` to `to` go one way here, the answers to them the other. */
async function openWay(
  from: string,
  to: string,
  targets: ReadonlyMap<string, number>,
  { conditions, clock, random }: LinkNetworkOptions,
): Promise<Way> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const port = targets.get(to);
    if (port === undefined) {
      near.destroy();
      return;
    }
    const far = connect(port, "127.0.0.1");
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    }
    const there = () => conditions.of({ from, to });
    const back = () => conditions.of({ from: to, to: from });
    pipeFrames({ from: near, to: far, condition: there, clock, random });
    pipeFrames({ from: far, to: near, condition: back, clock, random });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { from, to, server, sockets };
}
