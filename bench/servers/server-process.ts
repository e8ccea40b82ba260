import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** Tells how much CPU time its main thread has used, microseconds. */
  readonly cpuUrl: string;
  stop(): Promise<void>;
}

const TELL_CPU = new URL("tell-cpu.ts", import.meta.url).href;

/** Starts a program of this repository that prints `ready: URL` and waits until it does. */
export async function startServer(
  file: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const child = spawn(process.execPath, ["--import", TELL_CPU, path, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const exited = once(child, "close");
  let cpuUrl = "";
  for await (const line of createInterface({ input: child.stdout })) {
    cpuUrl = /^cpu: (\S+)/.exec(line)?.[1] ?? cpuUrl;
    const url = /ready: (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    // Nobody reads on, so nothing may fill the pipe and stop the program.
    child.stdout.resume();
    return {
      url,
      cpuUrl,
      stop: async () => {
        child.kill("SIGTERM");
        await exited;
      },
    };
  }
  await exited;
  throw new Error(`${file} did not start (exit code ${child.exitCode})`);
}

/** One Region in one process as `npm start -- --embedded` runs it, without bots, on a new folder of the disk that temporary files are on. */
export async function startPlatform(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const args = ["--embedded", "--port", "0", "--data", folder, "--no-bots"];
    const server = await startServer("local/main.ts", args, env);
    return { ...server, stop: () => server.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
