import type { Channel, ChannelHandlers, OpenChannel } from "#services/matching/zones/channel.ts";
import type { SimulatedRandom } from "#test/simulation/chance/simulated-random.ts";
import { copied } from "#test/simulation/network/copied.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { VirtualTime } from "#test/simulation/time/virtual-time.ts";
import type { Gate } from "./gate.ts";

/** The mean of one way between two processes of a Region, ms. */
const DELAY_MS = 0.3;

/** One end: whose it is, and what lets things into it. */
export interface ChannelEnd {
  readonly life: Life;
  readonly gate: Gate;
}

/**
 * A channel between two processes, as a socket is one: whole messages, in order, once. It closes when an end does so or dies; what was under way then may have
 * arrived before the other end notices.
 */
export function simulatedChannel<A, B>(
  time: VirtualTime,
  random: SimulatedRandom,
  first: ChannelEnd,
  second: ChannelEnd,
): [OpenChannel<A, B>, OpenChannel<B, A>] {
  const ends = [first, second] as const;
  const handlers: (ChannelHandlers<never> | undefined)[] = [undefined, undefined];
  /** Until when the last message to an end is under way: the next one does not overtake it. */
  const busyUntil = [0, 0];
  let isOpen = true;
  const into = (to: number, task: () => void) => {
    const at = Math.max(busyUntil[to] ?? 0, time.now + random.exponential(DELAY_MS));
    busyUntil[to] = at;
    time.schedule(at - time.now, () => {
      const end = ends[to];
      if (end !== undefined && !end.life.isOver) end.gate.pass(task);
    });
  };
  const isDeaf = [false, false];
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    for (const to of [0, 1])
      into(to, () => {
        isDeaf[to] = true;
        handlers[to]?.onClose();
      });
  };
  for (const { life } of ends) life.onEnd(close);
  const open =
    (own: number) =>
    (mine: ChannelHandlers<never>): Channel<A | B> => {
      handlers[own] = mine;
      return {
        send: (message) => {
          if (!isOpen) return;
          const sent = copied(message);
          into(1 - own, () => {
            if (isDeaf[1 - own] !== true) handlers[1 - own]?.onMessage(sent as never);
          });
        },
        close,
      };
    };
  return [open(0), open(1)] as [OpenChannel<A, B>, OpenChannel<B, A>];
}
