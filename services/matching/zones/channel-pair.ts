import type { Clock } from "#shared/ports/clock.ts";
import type { Channel, ChannelHandlers, OpenChannel } from "./channel.ts";

/** Two ends within one process: what one sends arrives at the other in a later turn. */
export function channelPair<A, B>(clock: Clock): [OpenChannel<A, B>, OpenChannel<B, A>] {
  const ends: (ChannelHandlers<A | B> | undefined)[] = [undefined, undefined];
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    clock.schedule(0, () => {
      for (const end of ends) end?.onClose();
    });
  };
  const open =
    (own: number) =>
    (handlers: ChannelHandlers<never>): Channel<A | B> => {
      ends[own] = handlers as ChannelHandlers<A | B>;
      const send = (message: A | B) => {
        clock.schedule(0, () => {
          if (isOpen) ends[1 - own]?.onMessage(message);
        });
      };
      return { send, close };
    };
  return [open(0), open(1)];
}
