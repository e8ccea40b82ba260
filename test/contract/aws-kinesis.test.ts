import { after, before, describe } from "mocha";
import { commandLogContract } from "./command-log-contract.ts";
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
});
