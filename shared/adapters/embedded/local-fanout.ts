import type { Server } from "socket.io";
import type { Fanout } from "#shared/ports/fanout.ts";

/** The rooms of one gateway in this process. Whoever made the server closes it. */
export function createLocalFanout(io: Server): Fanout {
  return {
    emit: (room, event, message) => {
      io.to(room).emit(event, message);
      return true;
    },
    close: async () => {},
  };
}
