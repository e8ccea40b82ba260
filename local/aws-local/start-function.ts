import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { OperatingError } from "#shared/ports/operating-error.ts";

export interface FunctionOptions {
  readonly name: string;
  /** A folder with `index.mjs`, as the infrastructure bundles it. */
  readonly bundle: string;
  /** All that it is told, but for `PATH`. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A Lambda function in a process of its own. */
export interface LocalFunction {
  /** Calls it; rejects with what it threw, or when it ends. */
  call(event: unknown): Promise<unknown>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

const PROGRAM = fileURLToPath(new URL("./function-program.ts", import.meta.url));

/** A call that found no end: the function threw, or is gone. */
export class FunctionFailed extends OperatingError {
  override readonly name = "FunctionFailed";
}

/** Starts a function from its bundle. Throws `FunctionFailed` with the first line that it said, where it does not start: a variable is missing. */
export async function startFunction(options: FunctionOptions): Promise<LocalFunction> {
  const { name, bundle, environment } = options;
  const child = fork(PROGRAM, [pathToFileURL(join(bundle, "index.mjs")).href, name], {
    env: { PATH: process.env.PATH ?? "", ...environment },
    execArgv: ["--no-warnings"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-10_000);
  });
  const calls = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  const isReady = new Promise<void>((resolve, reject) => {
    child.on("message", ({ id, answer, error }: Answer) => {
      if (id === 0) resolve();
      const call = calls.get(id);
      calls.delete(id);
      if (error === undefined) call?.resolve(answer);
      else call?.reject(new FunctionFailed(`${name}: ${error}`));
    });
    child.once("exit", () => {
      const line = /^\w*Error: .*$/m.exec(said)?.[0] ?? "it ended";
      const gone = new FunctionFailed(`${name}: ${line}`);
      reject(gone);
      for (const { reject: fail } of calls.values()) fail(gone);
      calls.clear();
    });
  });
  await isReady;
  let count = 0;
  return {
    call: (event) =>
      new Promise((resolve, reject) => {
        if (child.exitCode !== null || child.signalCode !== null)
          reject(new FunctionFailed(`${name}: it ended`));
        const id = ++count;
        calls.set(id, { resolve, reject });
        child.send({ id, event });
      }),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
