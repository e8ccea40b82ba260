import type { Experiment } from "../experiment.ts";

function later(name: string, what: string, why: string): Experiment {
  return { name, what, notHere: () => why, hurt: async () => {}, heal: async () => {} };
}

/** Experiments whose part the embedded platform does not have: named here, so that nobody takes them for passed. */
export const NOT_HERE: readonly Experiment[] = [
  later(
    "fanout-loss",
    "the fan-out between gateways is lost",
    "needs the AWS backend: here the fan-out is inside the gateway's process and cannot be lost by itself",
  ),
  later(
    "ledger-failover",
    "the ledger's database fails over",
    "needs the AWS backend: there is no ledger database here",
  ),
];
