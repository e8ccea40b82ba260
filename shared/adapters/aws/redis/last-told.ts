/** What was told to a room. */
export interface Told {
  readonly room: string;
  readonly event: string;
  readonly message: unknown;
}

interface Room {
  /** Of the newest seq that the room heard of, in order: an outcome may be told in several messages. */
  seq: number;
  ofSeq: Told[];
  /** What carries no seq: the last of each event. */
  readonly others: Map<string, Told>;
}

/** Remembers of each room what it was told last. */
export class LastTold {
  readonly #rooms = new Map<string, Room>();

  note(told: Told): void {
    let room = this.#rooms.get(told.room);
    if (room === undefined) {
      room = { seq: -1, ofSeq: [], others: new Map() };
      this.#rooms.set(told.room, room);
    }
    // What a feed takes back was said of its time, and is found out by the branch of what follows.
    if (told.event === "rewound") return;
    const seq = seqOf(told.message);
    // Of no feed: told later it would be out of date.
    if (seq === 0) return;
    if (seq === undefined) room.others.set(told.event, told);
    else if (seq === room.seq) room.ofSeq.push(told);
    else {
      // A lower one too: the tape went back, and what was told before stands no more.
      room.seq = seq;
      room.ofSeq = [told];
    }
  }

  forget(room: string): void {
    this.#rooms.delete(room);
  }

  /** Room by room, in the order in which it was told. */
  *all(): Iterable<Told> {
    for (const { ofSeq, others } of this.#rooms.values()) {
      yield* ofSeq;
      yield* others.values();
    }
  }
}

function seqOf(message: unknown): number | undefined {
  const seq = (message as { readonly seq?: unknown } | null)?.seq;
  return typeof seq === "number" ? seq : undefined;
}
