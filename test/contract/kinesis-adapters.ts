import { basename, join } from "node:path";
import { hashKeyOf } from "#shared/adapters/aws/kinesis/hash-key.ts";
import { createKinesisClient } from "#shared/adapters/aws/kinesis/kinesis-client.ts";
import { openKinesisCommandLog } from "#shared/adapters/aws/kinesis/kinesis-command-log.ts";
import { openSqliteLogMarks } from "#shared/adapters/embedded/sqlite-log-marks.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { Place } from "./support/adapters.ts";
import { KinesisWorld, LOG } from "./support/kinesis-world.ts";

const world = new KinesisWorld();

/** The server on which new places are made. */
export const server = { start: () => world.start(), stop: () => world.stop() };

/** A place that any process can open: the server's address, and in it the folder of the marks, which is named as the stream is. */
function partsOf(place: Place) {
  const { origin, hash } = new URL(place);
  return { url: origin, folder: hash.slice(1) };
}

const fail = (error: unknown) => {
  throw error;
};

/** The command log on Kinesis, also for the writers that are killed. */
export const adapters = {
  world: "Kinesis",
  module: import.meta.url,
  makePlace: async () => `${world.url}/#${await world.makePlace()}`,
  removePlace: (place: Place) => world.removePlace(partsOf(place).folder),
  commandLog: {
    open: (place: Place) => {
      const { url, folder } = partsOf(place);
      return openKinesisCommandLog({
        client: createKinesisClient({ region: "us-east-1", endpoint: url }),
        streamName: basename(folder),
        log: LOG,
        hashKey: hashKeyOf(0, 1),
        marks: openSqliteLogMarks({ file: join(folder, "marks.db") }),
        clock: systemClock(),
        random: systemRandom(),
        pollIntervalMs: 5,
        onUndecodable: ({ reason }) => fail(new Error(reason)),
        onFailure: fail,
      });
    },
  },
};
