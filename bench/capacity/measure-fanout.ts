import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Emitter } from "@socket.io/redis-emitter";
import { Redis } from "ioredis";
import { Server } from "socket.io";
import { startRedis } from "#local/aws-local/start-redis.ts";
import { attachRedis } from "#shared/adapters/aws/redis/redis-fanout.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { productionFlow } from "../flows/production-flow.ts";
import { thisMachine } from "../machine.ts";
import { writeResult } from "../write-result.ts";
import { tellRoomMessages } from "./room-messages.ts";

/**
 * `node bench/capacity/measure-fanout.ts`: what a message over Redis costs the matching task that emits it and each gateway of the Region that hears it without anybody following, in CPU time, which other
 * programs on the machine change least. Written to bench/results/fanout.json.
 */
const COMMANDS = 30_000;
const RUNS = 3;
/** As the adapter has it. */
const PENDING_MAX = 10_000;

const clock = systemClock();
if (process.argv[2] === "gateway") await hear(process.argv[3] ?? "");
else await measure();

async function measure(): Promise<void> {
  const messages: (readonly [room: string, event: string, message: unknown])[] = [];
  tellRoomMessages(productionFlow(COMMANDS), (...message) => messages.push(message));
  const server = await startRedis({ clock });
  const redis = new Redis(server.redisUrl);
  let pending = 0;
  const emitter = new Emitter({
    publish: (channel: string, message: Buffer) => {
      pending++;
      void redis.publish(channel, message).then(() => pending--);
    },
  });
  const gateway = fork(fileURLToPath(import.meta.url), ["gateway", server.redisUrl]);
  try {
    await once(gateway, "message");
    const emitted: number[] = [];
    const heard: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const before = process.cpuUsage();
      for (const [room, event, message] of messages) {
        while (pending >= PENDING_MAX) await turn();
        emitter.to(room).emit(event, message);
      }
      while (pending > 0) await turn();
      const spent = process.cpuUsage(before);
      // On the same connection, so behind all of them.
      emitter.serverSideEmit("all-told");
      const [cpuMicros] = (await once(gateway, "message")) as [number];
      // The first run warms up.
      if (run === 0) continue;
      emitted.push((spent.user + spent.system) / messages.length);
      heard.push(cpuMicros / messages.length);
    }
    const figures = {
      command: "node bench/capacity/measure-fanout.ts",
      machine: thisMachine(),
      messages: messages.length,
      emitMicros: median(emitted),
      hearMicros: median(heard),
    };
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n${writeResult("fanout", figures)}\n`);
  } finally {
    gateway.kill();
    redis.disconnect();
    await server.stop();
  }
}

/** A gateway with no client: it is sent everything, and looks only at the channel's name. */
async function hear(url: string): Promise<void> {
  const io = new Server();
  const attached = attachRedis(io, {
    url,
    onError: (error) => {
      throw error;
    },
  });
  while (!attached.isConnected) await turn();
  let before = process.cpuUsage();
  io.on("all-told", () => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    process.send?.(user + system);
  });
  process.send?.(0);
}

function turn(): Promise<void> {
  return new Promise((resolve) => clock.schedule(0, resolve));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor(sorted.length / 2)] ?? 0).toPrecision(3));
}
