import type { Lane } from "./lane.ts";

/** Sends through every lane, `inFlight` orders at a time on each, the next as soon as one has its status. Orders per second. */
export async function closedLoop(lanes: readonly Lane[], inFlight: number, seconds: number): Promise<number> {
  let orders = 0;
  const begin = performance.now();
  const end = begin + 1000 * seconds;
  const one = async (lane: Lane) => {
    while (performance.now() < end) {
      await lane.send();
      orders++;
    }
  };
  await Promise.all(lanes.flatMap((lane) => Array.from({ length: inFlight }, () => one(lane))));
  return (1000 * orders) / (performance.now() - begin);
}
