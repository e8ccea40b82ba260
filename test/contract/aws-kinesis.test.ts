import { basename } from "node:path";
import { after, before, describe } from "mocha";
import { hashKeyOf } from "#shared/adapters/aws/kinesis/hash-key.ts";
import { createKinesisMarketFeed } from "#shared/adapters/aws/kinesis/kinesis-market-feed.ts";
import { commandLogContract } from "./command-log-contract.ts";
import { marketFeedContract } from "./market-feed-contract.ts";
import { KinesisWorld } from "./support/kinesis-world.ts";

describe("on Kinesis", () => {
  const kinesis = new KinesisWorld();
  before(() => kinesis.start());
  after(() => kinesis.stop());

  commandLogContract({
    world: "Kinesis, polled",
    makePlace: () => kinesis.makePlace(),
    removePlace: (place) => kinesis.removePlace(place),
    commandLog: { open: (place, options) => kinesis.open(place, options) },
  });
  // Past a small window, readers go back to the stream.
  commandLogContract({
    world: "Kinesis, with little memory",
    makePlace: () => kinesis.makePlace(),
    removePlace: (place) => kinesis.removePlace(place),
    commandLog: {
      open: (place, options) => kinesis.open(place, { ...options, windowRecords: 5, flushBytes: 4000 }),
    },
  });

  marketFeedContract({
    world: "Kinesis",
    makePlace: () => kinesis.makePlace(),
    removePlace: (place) => kinesis.removePlace(place),
    openFeed: async (place) =>
      createKinesisMarketFeed({
        ...{
          client: kinesis.client,
          clock: kinesis.clock,
          random: kinesis.random,
          streamName: basename(place),
        },
        ...{ hashKeyFor: () => hashKeyOf(0, 1), requestTimeoutMs: 3000, giveUpAfterMs: 5000 },
      }),
    published: async (place) => {
      const records = await kinesis.recordsOf(place);
      return Buffer.concat(records.map(({ Data = new Uint8Array() }) => Data)).toString();
    },
  });
});
