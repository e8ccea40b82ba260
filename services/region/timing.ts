/** How patient a Region is, in ms. Only who tries what, and when, depends on these; safety rests on the register, cuts and finality. */
export interface Timing {
  /** How long an owner may rely on one renewal of its lease. */
  readonly leaseMs: number;
  /** A Region that was heard of less than this ago counts as in contact. */
  readonly contactMs: number;
  /** Without contact for so long a Region acts as its markets' partition policies say. */
  readonly partitionAfterMs: number;
  /** A contact must have held for so long before a fork is healed. */
  readonly healAfterMs: number;
  /** How long an answer over the link is waited for. */
  readonly linkTimeoutMs: number;
  /** How often a shard's standing is looked at. */
  readonly lookMs: number;
  /** How long a tick by which nothing happened may wait for others before the journal is written; as long as all else where nothing is said. */
  readonly quietMs?: number;
}

/** For links between AWS Regions, and what plays them on one machine. */
export const DEFAULT_TIMING: Timing = {
  leaseMs: 3000,
  contactMs: 1500,
  partitionAfterMs: 4000,
  healAfterMs: 1000,
  linkTimeoutMs: 1000,
  lookMs: 50,
};

/** On AWS's services, and what plays those on one machine: a lease that a late answer costs would move shards for nothing. */
export const AWS_TIMING: Timing = {
  leaseMs: 9000,
  contactMs: 4500,
  partitionAfterMs: 12_000,
  healAfterMs: 2000,
  linkTimeoutMs: 3000,
  lookMs: 50,
  // A write to the journal is paid, and makes others read; ticks come each second.
  quietMs: 10_000,
};
