/**
 * Tells whoever is in a room, at whichever gateway of the Region, at most once and in order from one publisher. It promises no more: what is lost while a connection is away is seen by the gap in `previousSeq`, and fetched again by the client
 * (shared/protocol/feed-client.ts).
 */
export interface Fanout {
  /** Never waits and never throws; false if it is known to be lost. */
  emit(room: string, event: string, message: unknown): boolean;
  close(): Promise<void>;
}
