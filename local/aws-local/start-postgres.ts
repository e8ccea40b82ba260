import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { type RunningServer, runServer } from "./run-server.ts";

const run = promisify(execFile);

/** A PostgreSQL server with a folder of its own. */
export interface PostgresServer extends RunningServer {
  readonly connectionString: string;
  /** Makes an empty database, and says where it is. */
  createDatabase(name: string): Promise<string>;
  /** Starts again, where it was, one that was killed or stopped. */
  restart(): Promise<PostgresServer>;
  /** Removes its folder; it must have been stopped. */
  remove(): Promise<void>;
}

/** Where Debian and its like put the programs that no user calls. */
const DEBIAN = "/usr/lib/postgresql";
const USER = "postgres";

/** A local server outlives no power cut, only processes that die: it does not wait for the disk.
 *
 * Makes an empty database cluster in a temporary folder and starts PostgreSQL on a free port. It refuses to run as root, so root starts it as the user `postgres`. Throws `OperatingError`. */
export async function startPostgres(clock: Clock): Promise<PostgresServer> {
  const programs = await programFolder();
  const folder = await mkdtemp(join(tmpdir(), "meridian-postgres-"));
  const asUser = await userOptions(folder);
  const data = join(folder, "data");
  const initdb = [...asUser, join(programs, "initdb"), "-D", data, "-U", USER, "--auth=trust", "-E", "UTF8"];
  const [file = "", ...args] = initdb;
  try {
    await run(file, [...args, "--no-sync", "--locale=C.UTF-8"]);
  } catch (error) {
    throw new OperatingError(`PostgreSQL's cluster cannot be made: ${(error as Error).message}`);
  }
  return start({ clock, folder, command: [...asUser, join(programs, "postgres"), "-D", data] });
}

interface Cluster {
  readonly clock: Clock;
  readonly folder: string;
  readonly command: readonly string[];
  readonly port?: number;
}

async function start(cluster: Cluster): Promise<PostgresServer> {
  const { clock, folder, command, port } = cluster;
  const [file = "", ...args] = command;
  const server = await runServer({
    name: "PostgreSQL",
    clock,
    ...(port === undefined ? {} : { port }),
    program: (free) => ({
      file,
      args: [
        ...args,
        "-p",
        String(free),
        "-k",
        folder,
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
      ],
    }),
    isReady: (url) => answers(new URL(url).port),
  });
  return {
    ...server,
    connectionString: addressOf(server.port, "postgres"),
    createDatabase: async (name) => {
      const createdb = join(await programFolder(), "createdb");
      await run(createdb, ["-h", "127.0.0.1", "-p", String(server.port), "-U", USER, name]);
      return addressOf(server.port, name);
    },
    restart: () => start({ ...cluster, port: server.port }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function addressOf(port: number, database: string): string {
  return `postgres://${USER}@127.0.0.1:${port}/${database}`;
}

/** True once it takes sessions: it takes connections while it still recovers. */
async function answers(port: string): Promise<boolean> {
  try {
    await run(join(await programFolder(), "pg_isready"), ["-h", "127.0.0.1", "-p", port]);
    return true;
  } catch {
    return false;
  }
}

async function programFolder(): Promise<string> {
  const folder = await likelyFolder();
  if (folder === undefined || !existsSync(join(folder, "initdb")))
    throw new OperatingError(
      "PostgreSQL is not installed (its programs initdb and postgres); install it, or name postgres by POSTGRES_PATH.",
    );
  return folder;
}

async function likelyFolder(): Promise<string | undefined> {
  const named = process.env.POSTGRES_PATH;
  if (named !== undefined) return dirname(named);
  const versions = await readdir(DEBIAN).catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest !== undefined) return join(DEBIAN, String(newest), "bin");
  const { stdout } = await run("pg_config", ["--bindir"]).catch(() => ({ stdout: "" }));
  return stdout === "" ? undefined : stdout.trim();
}

/** How root becomes another user, and the server ends with this process however it ends. */
async function userOptions(folder: string): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return [];
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, USER])).stdout)),
  );
  await chown(folder, uid ?? 0, gid ?? 0);
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--init-groups", "--pdeathsig=KILL"];
}
