import { createRequire } from "node:module";
import type { Clock } from "#shared/ports/clock.ts";
import { nodeProgram, type RunningServer, runServer } from "./run-server.ts";

export interface KinesisServerOptions {
  readonly clock: Clock;
  /** A folder that keeps the streams; without it they are in memory. */
  readonly folder?: string;
  readonly port?: number;
}

const require = createRequire(import.meta.url);

/** Shards that all streams together may have. */
const SHARD_LIMIT = 200;
/** How long a stream is being created, changed or deleted. */
const CHANGE_MS = 5;

/** Starts kinesalite: fast, everything but enhanced fan-out. */
export function startKinesis({ clock, folder, port }: KinesisServerOptions): Promise<RunningServer> {
  const times = ["create", "delete", "update"].flatMap((change) => [
    `--${change}StreamMs`,
    String(CHANGE_MS),
  ]);
  return runServer({
    name: "kinesalite",
    clock,
    ...(port === undefined ? {} : { port }),
    program: (free) =>
      nodeProgram(require.resolve("kinesalite/cli.js"), [
        ...["--port", String(free), "--shardLimit", String(SHARD_LIMIT), ...times],
        ...(folder === undefined ? [] : ["--path", folder]),
      ]),
  });
}

/** Starts kinesis-local: slow, but it knows `SubscribeToShard`. */
export function startFanOutKinesis({ clock, port }: KinesisServerOptions): Promise<RunningServer> {
  const changes = [
    ...["CREATE_STREAM", "DELETE_STREAM", "REGISTER_STREAM_CONSUMER", "DEREGISTER_STREAM_CONSUMER"],
    ...["SPLIT_SHARD", "MERGE_SHARDS", "UPDATE_SHARD_COUNT"],
  ];
  const main = require.resolve("kinesis-local/main.js");
  return runServer({
    name: "kinesis-local",
    clock,
    ...(port === undefined ? {} : { port }),
    program: (free, second) => ({
      ...nodeProgram(main),
      env: {
        KINESIS_MOCK_PLAIN_PORT: String(free),
        KINESIS_MOCK_TLS_PORT: String(second),
        KINESIS_MOCK_CERT_PATH: require.resolve("kinesis-local/server.json"),
        LOG_LEVEL: "ERROR",
        ...Object.fromEntries(changes.map((change) => [`${change}_DURATION`, `${CHANGE_MS}ms`])),
      },
    }),
  });
}
