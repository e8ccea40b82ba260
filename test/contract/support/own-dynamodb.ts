import { after, afterEach, before } from "mocha";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { assert } from "#shared/domain/invariant.ts";

/** A DynamoDB of a suite's own. */
export interface OwnDynamoDb {
  /** Where it listens, while the suite's tests run. */
  readonly url: string;
  /** Closes something behind the test that opened it: what was opened last goes first. */
  onEnd(close: () => unknown): void;
}

/** Starts one before the tests of the suite that this is called in, and stops it behind them. */
export function ownDynamoDb(): OwnDynamoDb {
  let server: RunningServer | undefined;
  const closers: (() => unknown)[] = [];
  before(async () => {
    server = await startDynamoDb({ clock: systemClock() });
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  after(() => server?.stop());
  return {
    get url() {
      assert(server !== undefined, "the suite's DynamoDB runs");
      return server.url;
    },
    onEnd: (close) => void closers.push(close),
  };
}
