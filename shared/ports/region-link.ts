import type { RegionId } from "#shared/domain/ids.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";

/**
 * Requests to the other Regions. Either way may be lost, late, doubled or out of order: whoever asks twice must be answered as once, and
 * `unreachable` says nothing about whether the request had its effect.
 */
export interface RegionLink {
  readonly self: RegionId;
  /** Rejects never: an answer, or `unreachable` when none came within `timeoutMs`. */
  request<K extends keyof LinkProtocol>(
    to: RegionId,
    kind: K,
    request: LinkProtocol[K]["request"],
    timeoutMs: number,
  ): Promise<LinkAnswer<LinkProtocol[K]["answer"]>>;
  /** How this Region answers a kind of request. One handler a kind. */
  serve<K extends keyof LinkProtocol>(kind: K, handler: LinkHandler<K>): void;
}

export type LinkHandler<K extends keyof LinkProtocol> = (
  from: RegionId,
  request: LinkProtocol[K]["request"],
) => Promise<LinkProtocol[K]["answer"]>;

export type LinkAnswer<T> =
  | { readonly ok: true; readonly answer: T }
  | { readonly ok: false; readonly error: "unreachable" };
