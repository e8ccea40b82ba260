import { eventually } from "./eventually.ts";

export type DoorText = Readonly<Record<string, unknown>>;

/** A client of the serverless door: what Node brings, and nothing else. */
export interface DoorClient {
  readonly heard: readonly DoorText[];
  send(message: object | string): void;
  /** The next message of which this is true, also if it was heard before. */
  hears(what: (message: DoorText) => boolean): Promise<DoorText>;
  close(): Promise<void>;
  readonly closed: Promise<void>;
}

/** Connects; rejects if the door refuses. */
export async function openDoor(url: string, query: Readonly<Record<string, string>>): Promise<DoorClient> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/door?${new URLSearchParams(query)}`);
  const heard: DoorText[] = [];
  socket.addEventListener("message", ({ data }) => void heard.push(JSON.parse(String(data)) as DoorText));
  const closed = new Promise<void>((resolve) => socket.addEventListener("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the door refused")));
  });
  return {
    heard,
    send: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
    hears: async (what) => {
      let found: DoorText | undefined;
      await eventually(() => {
        found = heard.find(what);
        return found !== undefined;
      });
      return found as DoorText;
    },
    close: async () => {
      socket.close();
      await closed;
    },
    closed,
  };
}
