import type { Timing } from "./timing.ts";

/** What a Region can do for a shard at this moment. */
export const STANDINGS = [
  /** It owns the shard and is sure of it. */
  "owner",
  /** Another Region owns it and is in contact. */
  "replica",
  /** The owner, itself or another, cannot be relied on at the moment: what is accepted is provisional. */
  "unsure",
  /** Without a majority for so long that the markets' partition policies rule, and nothing may be matched here. */
  "cut-off",
  /** Without a majority, matching on in a fork of its own. */
  "forked",
] as const;
export type Standing = (typeof STANDINGS)[number];

/** What a Region sees of a shard. */
export interface Sight {
  readonly isOwner: boolean;
  /** As owner: its lease is good by its own clock. */
  readonly isSure: boolean;
  /** Ms since the owner's log answered; 0 as owner. */
  readonly ownerSilenceMs: number;
  /** Ms since a majority of the register's acceptors answered. */
  readonly registerSilenceMs: number;
  /** The same, but counted from the start of this process at the earliest: who has just begun was not cut off yet. */
  readonly aloneForMs: number;
  /** Ms for which the register has been in contact without a break. */
  readonly contactForMs: number;
  readonly hasOpenFork: boolean;
  /** A fork of this Region is not replayed to its end yet: no second one is opened (architecture, section 5). */
  readonly hasUnreconciledFork: boolean;
  /** Some market of the shard may match locally. */
  readonly mayFork: boolean;
}

export interface Decision {
  readonly standing: Standing;
  readonly action: "open-fork" | "heal" | undefined;
}

/**
 * Where a Region stands, and what it does about it (architecture, section 5, "Link lost"): only a Region that has reached no majority for a while forks; the side with one keeps or takes the
 * ownership. A fork ends when a majority has been in contact for a while, whether there is an owner to follow or one to be found first.
 */
export function decide(sight: Sight, timing: Timing): Decision {
  const { isOwner, isSure, ownerSilenceMs, registerSilenceMs } = sight;
  if (sight.hasOpenFork) {
    const isHealed = registerSilenceMs < timing.contactMs && sight.contactForMs >= timing.healAfterMs;
    return { standing: "forked", action: isHealed ? "heal" : undefined };
  }
  if (isOwner && isSure) return { standing: "owner", action: undefined };
  if (!isOwner && ownerSilenceMs < timing.contactMs) return { standing: "replica", action: undefined };
  if (sight.aloneForMs < timing.partitionAfterMs) return { standing: "unsure", action: undefined };
  const action = sight.mayFork && !sight.hasUnreconciledFork ? "open-fork" : undefined;
  return { standing: "cut-off", action };
}
