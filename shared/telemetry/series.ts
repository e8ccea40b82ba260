/** One series of a metric, and the labels that it has. */
export interface LabelledSeries<S> {
  readonly labels: Readonly<Record<string, string>>;
  readonly series: S;
}

/** A value of the next label leads on, or, after the last label, to the series. */
type Branch<S> = Map<string, Branch<S> | S>;

/** As OpenTelemetry bounds a metric. */
export const SERIES_MAX = 2000;
/** Every label of the series that takes what comes beyond the bound. */
export const OVERFLOW = "overflow";

/** The series of one metric by their labels. To find one that there is costs a look-up a label and makes nothing. */
export class SeriesOf<S> {
  readonly #labels: readonly string[];
  readonly #make: () => S;
  readonly #root: Branch<S> = new Map();
  readonly #all: LabelledSeries<S>[] = [];
  /** The only one of a metric without labels. */
  #single: S | undefined;

  constructor(labels: readonly string[], make: () => S) {
    this.#labels = labels;
    this.#make = make;
  }

  get all(): readonly LabelledSeries<S>[] {
    return this.#all;
  }

  at(labels: Readonly<Record<string, string>>): S {
    const names = this.#labels;
    if (names.length === 0) {
      this.#single ??= this.#added({});
      return this.#single;
    }
    let at: Branch<S> | S | undefined = this.#root;
    for (let each = 0; each < names.length && at !== undefined; each++)
      at = (at as Branch<S>).get(labels[names[each] as string] as string);
    return at === undefined ? this.#grow(labels) : (at as S);
  }

  #grow(labels: Readonly<Record<string, string>>): S {
    // One place is left for what comes beyond.
    const isFull = this.#all.length >= SERIES_MAX - 1;
    const values = this.#labels.map((name) => (isFull ? OVERFLOW : String(labels[name])));
    let branch = this.#root;
    for (const value of values.slice(0, -1)) {
      const next = (branch.get(value) as Branch<S> | undefined) ?? new Map();
      branch.set(value, next);
      branch = next;
    }
    const last = values.at(-1) as string;
    const known = branch.get(last) as S | undefined;
    if (known !== undefined) return known;
    const series = this.#added(Object.fromEntries(this.#labels.map((name, each) => [name, values[each]])));
    branch.set(last, series);
    return series;
  }

  #added(labels: Record<string, string | undefined>): S {
    const series = this.#make();
    this.#all.push({ labels: labels as Record<string, string>, series });
    return series;
  }
}
