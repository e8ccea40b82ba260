import type { Tape, TapeRecord } from "#services/replication/tape.ts";
import { TapeCursor } from "#services/replication/tape-cursor.ts";
import { ROOT_PLACE } from "#services/replication/tape-plan.ts";
import type { Seq } from "#shared/domain/ids.ts";
import type { TapePlace } from "#shared/domain/lineage.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import type { ConnectedZone } from "./zone-hub.ts";

export interface ZoneSessionDependencies {
  readonly tape: Tape;
  readonly zone: ConnectedZone;
  /** The newest state on the tape at or before a seq. */
  readonly stateAt: (seq: number) => Promise<Snapshot | undefined>;
  /** Where the zone publishes from, if it is the one that does. */
  readonly publishAfter: (zone: ConnectedZone) => number | undefined;
  /** Told of records before the zone gets them. */
  readonly onRecords: (records: readonly TapeRecord[]) => void;
  /** A run has begun: what is asked of the zone from now on reaches it. */
  readonly onBegin: (zone: ConnectedZone) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Records on their way to the zone that it has not folded yet. */
const WINDOW = 4000;

/** Sends one shard's tape to one zone, and begins a new run where the tape goes back. */
export class ZoneSession {
  readonly #dependencies: ZoneSessionDependencies;
  #run = 0;
  #cursor: TapeCursor | undefined;
  #sent = 0;
  #folded = 0;
  #release: (() => void) | undefined;
  #isClosed = false;
  #beginning: Promise<void> = Promise.resolve();

  constructor(dependencies: ZoneSessionDependencies) {
    this.#dependencies = dependencies;
  }

  get run(): number {
    return this.#run;
  }

  /** How far the zone has come. */
  get foldedSeq(): number {
    return this.#folded;
  }

  /** Begins (anew) with the newest state at or before a seq. */
  begin(seq: number): void {
    this.#beginning = this.#beginning
      .then(async () => {
        await this.#stopCursor();
        if (this.#isClosed) return;
        const { tape } = this.#dependencies;
        let segments = tape.segments;
        let place = await this.#startRun(seq);
        while (segments !== tape.segments) {
          segments = tape.segments;
          place = await this.#startRun(seq);
        }
        this.#cursor = new TapeCursor(
          tape,
          {
            take: (records) => this.#take(records),
            rewind: (toSeq) => this.#startRun(toSeq),
          },
          { place, tip: place.seq },
        );
        this.#cursor.run(this.#dependencies.onFailure);
      })
      .catch(this.#dependencies.onFailure);
  }

  /** The zone has folded so far. */
  folded(seq: number): void {
    this.#folded = seq;
    if (this.#sent - seq <= WINDOW / 2) this.#release?.();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#release?.();
    await this.#beginning;
    await this.#stopCursor();
  }

  async #stopCursor(): Promise<void> {
    const cursor = this.#cursor;
    this.#cursor = undefined;
    const stopped = cursor?.stop();
    this.#release?.();
    await stopped;
  }

  async #startRun(toSeq: Seq | number): Promise<TapePlace> {
    const { tape, zone, stateAt, publishAfter, onBegin } = this.#dependencies;
    const snapshot = await stateAt(toSeq);
    const place = snapshot ?? ROOT_PLACE;
    this.#run++;
    this.#sent = place.seq;
    this.#folded = place.seq;
    zone.channel.send({
      t: "begin",
      shard: tape.shard,
      run: this.#run,
      snapshot,
      publishAfter: publishAfter(zone),
    });
    onBegin(zone);
    return { branch: place.branch, seq: place.seq, position: place.position };
  }

  async #take(records: readonly TapeRecord[]): Promise<void> {
    const { tape, zone, onRecords } = this.#dependencies;
    onRecords(records);
    zone.channel.send({ t: "records", shard: tape.shard, run: this.#run, records });
    this.#sent = records.at(-1)?.seq ?? this.#sent;
    if (this.#isClosed || this.#sent - this.#folded <= WINDOW) return;
    await new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.#release = undefined;
  }
}
