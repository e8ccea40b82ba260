import { type AddressInfo, createServer, type Socket } from "node:net";
import type { ZoneHub } from "#services/matching/zones/zone-hub.ts";
import type { FromZone } from "#services/matching/zones/zone-messages.ts";
import { FrameConnection } from "#shared/adapters/embedded/frames/frame-connection.ts";

export interface ZoneServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Where the matching processes of a Region come to its hub, on loopback; 0 for any free port. */
export async function startZoneServer(hub: ZoneHub, port: number): Promise<ZoneServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    hub.accept(({ onMessage, onClose }) => {
      // Zones are processes of this same program: their messages are taken as what they are.
      return new FrameConnection(socket, { onValue: (value) => onMessage(value as FromZone), onClose });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
