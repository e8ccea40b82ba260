import type { CounterName, GaugeName, HistogramName, LabelsOf } from "./metric-catalogue.ts";

/** One value of a gauge, and of what. */
export interface Reading<N extends GaugeName> {
  readonly value: number;
  readonly labels: LabelsOf<N>;
}

/** Where parts record what they do. Never throws and never waits. */
export interface Metrics {
  /** @param by not negative; 1 where nothing is said */
  add<N extends CounterName>(name: N, labels: LabelsOf<N>, by?: number): void;
  record<N extends HistogramName>(name: N, value: number, labels: LabelsOf<N>): void;
  /** `read` is called whenever somebody looks. */
  observe<N extends GaugeName>(name: N, read: () => Iterable<Reading<N>>): void;
}

/** Records nothing. */
export const NO_METRICS: Metrics = { add: () => {}, record: () => {}, observe: () => {} };
