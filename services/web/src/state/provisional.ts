import type { FinalMessage, RewoundMessage } from "#shared/protocol/region-messages.ts";

/** Where an item of a list stands in its shard. */
export interface ItemPlace {
  readonly shard: string;
  readonly branch: string;
  readonly seq: number;
}

interface Placed {
  readonly place?: ItemPlace;
  readonly provisional: boolean;
}

/** A majority holds everything up to `seq`: what was provisional there is no longer. The same array where that changes nothing. */
export function settled<T extends Placed>(
  items: readonly T[],
  { shard, branch, seq }: FinalMessage,
): readonly T[] {
  const stands = ({ provisional, place }: T) =>
    provisional && place?.shard === shard && place.branch === branch && place.seq <= seq;
  return items.some(stands)
    ? items.map((item) => (stands(item) ? { ...item, provisional: false } : item))
    : items;
}

/** True for what a rewound feed told behind the point to which it goes back. */
export function isUndone(
  { place }: { readonly place?: ItemPlace },
  { shard, toSeq }: RewoundMessage,
): boolean {
  return place?.shard === shard && place.seq > toSeq;
}
