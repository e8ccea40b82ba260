import type { Repertoire } from "#test/simulation/faults/nemesis.ts";
import { MOVE_FAULTS } from "./move-faults.ts";
import { REPLAY_FAULTS } from "./replay-faults.ts";
import { TAKEOVER_FAULTS } from "./takeover-faults.ts";

/** What is aimed at moments that a fault drawn at any time seldom meets: each lies in wait for its moment, or brings it about. */
export const AIMED_FAULTS: Repertoire = {
  faults: [...TAKEOVER_FAULTS, ...REPLAY_FAULTS, ...MOVE_FAULTS],
  meanPausesMs: [2000, 5000],
  sharesPerMille: [500, 1000, 1000],
  isOneOfEach: true,
};

/** How long they go on unless they end by themselves, mean ms: long enough for the moment to come. */
export const AIMED_MEAN_MS = 25_000;
