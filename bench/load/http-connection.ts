import { connect, type Socket } from "node:net";

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One kept-alive HTTP/1.1 connection, one request at a time; the server may close it between two, and it is opened again then. Much less work than a general client, so that the load takes little of the machine that it
 * shares with the server; it reads answers with a Content-Length, which is what Express gives.
 */
export class HttpConnection {
  readonly #url: URL;
  #socket: Socket | undefined;
  #waiting: Waiting | undefined;
  #received = "";

  constructor(url: string) {
    this.#url = new URL(url);
    this.#socket = this.#open();
  }

  /** A POST without a body. */
  post(pathAndQuery: string, headers: string): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    this.#waiting = { resolve, reject };
    this.#socket ??= this.#open();
    this.#socket.write(
      `POST ${pathAndQuery} HTTP/1.1\r\nHost: ${this.#url.host}\r\n${headers}Content-Length: 0\r\n\r\n`,
    );
    return promise;
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket?.destroy();
  }

  #open(): Socket {
    const { hostname, port } = this.#url;
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.#take(text));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => {
      this.#socket = undefined;
      this.#received = "";
      this.#waiting?.reject(new Error("the server closed the connection"));
    });
    return socket;
  }

  #take(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const length = Number(/\r\nContent-Length: (\d+)/i.exec(head)?.[1] ?? 0);
    // Bodies are ASCII here, so characters are bytes.
    if (this.#received.length < end + 4 + length) return;
    const body = this.#received.slice(end + 4, end + 4 + length);
    this.#received = this.#received.slice(end + 4 + length);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}
