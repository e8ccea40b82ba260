import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { startKinesisCommandLog } from "#shared/adapters/aws/kinesis/kinesis-command-log.ts";
import { PollPace } from "#shared/adapters/aws/kinesis/poll-pace.ts";
import { eventually } from "#test/support/eventually.ts";
import { bytesOf, numberOf } from "./command-log-contract.ts";
import { KinesisWorld } from "./support/kinesis-world.ts";

/** Longer than any test. */
const SELDOM_MS = 600_000;

describe("a log on Kinesis at a task that reads it while another one writes it", () => {
  const kinesis = new KinesisWorld();
  const closers: (() => unknown)[] = [];
  before(() => kinesis.start());
  after(() => kinesis.stop());
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function openedAndStarted() {
    const place = await kinesis.makePlace();
    const written = await kinesis.open(place);
    closers.push(() => written.close());
    const pace = new PollPace(5);
    const started = await startKinesisCommandLog(kinesis.options(place, { pace }));
    closers.push(() => started.log.close());
    return { written, started, pace };
  }

  it("has the same records at the same positions, and goes on behind them when it is that one's turn", async () => {
    const { written, started } = await openedAndStarted();
    for (const number of [1, 2, 3]) await written.append(bytesOf(number));
    await eventually(() => started.log.lastPosition() === 3);
    const positions = [];
    const log = await started.open();
    for (const number of [4, 5]) positions.push(await log.append(bytesOf(number)));
    expect(positions).to.deep.equal([
      { ok: true, position: 4 },
      { ok: true, position: 5 },
    ]);
    const records = await log.read(0, 100);
    expect(records.map(({ position, bytes }) => [position, numberOf(bytes)])).to.deep.equal(
      [1, 2, 3, 4, 5].map((number) => [number, number]),
    );
  });

  it("is read to where its end was, also while more and more is written", async () => {
    const { written, started, pace } = await openedAndStarted();
    pace.change(100);
    let isOver = false;
    const writing = (async () => {
      for (let number = 1; !isOver; number++) await written.append(bytesOf(number));
    })();
    await eventually(() => written.lastPosition() > 10);
    const end = written.lastPosition();
    expect(await started.untilRead()).to.equal(true);
    expect(started.log.lastPosition()).to.be.at.least(end);
    isOver = true;
    await writing;
  });

  it("is polled seldom while that is enough, and at once when it is not", async () => {
    const { written, started, pace } = await openedAndStarted();
    await written.append(bytesOf(1));
    await eventually(() => started.log.lastPosition() === 1);
    pace.change(SELDOM_MS);
    pace.hurry();
    // A read that had begun before may still have brought the first of these.
    for (const number of [2, 3, 4]) await written.append(bytesOf(number));
    expect(started.log.lastPosition()).to.be.below(4);
    pace.hurry();
    await eventually(() => started.log.lastPosition() === 4);
  });

  it("has read all that the other one has written when it is opened", async () => {
    const { written, started, pace } = await openedAndStarted();
    expect(await started.untilRead()).to.equal(true);
    pace.change(SELDOM_MS);
    for (const number of [1, 2, 3]) await written.append(bytesOf(number));
    pace.change(50);
    const log = await started.open();
    expect(log.lastPosition()).to.equal(3);
  });
});
