import type { Flow } from "../flows/flow.ts";

/** What a run over the measured commands of a flow took, and how many trades they gave. */
export interface Run {
  readonly trades: number;
  readonly seconds: number;
}

/** An engine in the benchmark. `run` brings a new one to the start of the measured commands and times only those. */
export interface Contender {
  readonly name: string;
  run(flow: Flow): Run;
}
