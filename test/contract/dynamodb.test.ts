import { after, before, describe } from "mocha";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { hasDynamoDb, startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { acceptorContract } from "./acceptor-contract.ts";
import { adapters, useServer } from "./dynamodb-adapters.ts";
import { journalContract } from "./journal-contract.ts";
import { projectionsContract } from "./projections-contract.ts";
import { projectionsRewindContract } from "./projections-rewind-contract.ts";

// The server is a program for Linux on x64; the same adapters are tested there.
if (hasDynamoDb())
  describe("on DynamoDB", function () {
    this.timeout(60_000);
    let server: RunningServer;

    before(async () => {
      server = await startDynamoDb({ clock: systemClock() });
      useServer(server.url);
    });
    after(() => server.stop());

    acceptorContract(adapters);
    journalContract(adapters);
    projectionsContract(adapters);
    projectionsRewindContract(adapters);
  });
