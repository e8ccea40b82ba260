import { eventually } from "./eventually.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every shape; what they expect is asserted.
export type StreamMessage = any;

/** A plain WebSocket client that writes down what it hears. */
export interface TestStream {
  readonly messages: StreamMessage[];
  /** The code with which it was closed; `undefined` while it is open. */
  readonly closed: number | undefined;
  send(message: unknown): void;
  /** Sends a request and gives its answer, by id. */
  ask(message: { readonly id: number | string; readonly [name: string]: unknown }): Promise<StreamMessage>;
  /** The first message that matches, heard already or yet to come. */
  hear(matches: (message: StreamMessage) => boolean): Promise<StreamMessage>;
  close(): void;
}

export async function openStream(httpUrl: string, path: string): Promise<TestStream> {
  const socket = new WebSocket(`${httpUrl.replace(/^http/, "ws")}${path}`);
  const messages: StreamMessage[] = [];
  let closed: number | undefined;
  socket.addEventListener("message", ({ data }) => messages.push(JSON.parse(String(data))));
  socket.addEventListener("close", ({ code }) => {
    closed = code;
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`${path} was not opened`)));
  });
  const hear = async (matches: (message: StreamMessage) => boolean): Promise<StreamMessage> => {
    await eventually(() => messages.some(matches));
    return messages.find(matches);
  };
  const send = (message: unknown) =>
    socket.send(typeof message === "string" ? message : JSON.stringify(message));
  return {
    messages,
    get closed() {
      return closed;
    },
    send,
    ask: (message) => {
      send(message);
      return hear(({ id }) => id === message.id);
    },
    hear,
    close: () => socket.close(),
  };
}
