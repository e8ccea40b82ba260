import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Timer } from "#shared/ports/clock.ts";
import type { Task } from "./task.ts";

/** Stands for the load balancer in front of gateways: each connection goes to one that says it is ready, in turn. */
export interface Balancer {
  readonly url: string;
  /** From now on it looks whether a target is ready. */
  add(task: Task): void;
  remove(task: Task): void;
  /** Those that new connections go to. */
  readonly ready: number;
  close(): Promise<void>;
}

const LOOK_MS = 100;

export async function startBalancer(): Promise<Balancer> {
  const clock = systemClock();
  const targets = new Set<Task>();
  const ready = new Set<Task>();
  const open = new Set<Socket>();
  let next = 0;
  let timer: Timer | undefined;
  let isClosed = false;
  const look = async () => {
    await Promise.all(
      [...targets].map(async (task) => {
        if (await task.isReady()) ready.add(task);
        else ready.delete(task);
      }),
    );
    for (const task of ready) if (!targets.has(task)) ready.delete(task);
    if (!isClosed) timer = clock.schedule(LOOK_MS, () => void look());
  };
  void look();
  const server = createServer((client) => {
    const all = [...ready];
    const target = all[next++ % Math.max(1, all.length)];
    if (target === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect(target.port, "127.0.0.1");
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.once("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (task) => void targets.add(task),
    remove: (task) => {
      targets.delete(task);
      ready.delete(task);
    },
    get ready() {
      return ready.size;
    },
    close: async () => {
      isClosed = true;
      timer?.cancel();
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
