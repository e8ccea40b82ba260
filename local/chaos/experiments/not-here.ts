import type { Experiment } from "../experiment.ts";

function later(name: string, what: string, why: string): Experiment {
  return { name, what, notHere: () => why, hurt: async () => {}, heal: async () => {} };
}

/** Experiments whose part the embedded platform does not have: named here, so that nobody takes them for passed. */
export const NOT_HERE: readonly Experiment[] = [
  later(
    "store-throttle",
    "the journal's store takes a fraction of its writes",
    "the embedded stores have no throttle yet",
  ),
  later(
    "fanout-loss",
    "the fan-out between gateways is lost",
    "the fan-out is inside the gateway's process here; it is a part of its own on AWS",
  ),
  later(
    "ledger-failover",
    "the ledger's database fails over",
    "there is no ledger database here; it comes with the AWS backend",
  ),
];
