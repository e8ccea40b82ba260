import { after, before, describe } from "mocha";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startDynamoDb } from "#local/aws-local/start-dynamodb.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { acceptorContract } from "./acceptor-contract.ts";
import { auditTrailContract } from "./audit-trail-contract.ts";
import { busPositionsContract } from "./bus-positions-contract.ts";
import { connectionsContract } from "./connections-contract.ts";
import { countersContract } from "./counters-contract.ts";
import { crashContract } from "./crash-contract.ts";
import { adapters, busSide, logSide, useServer } from "./dynamodb-adapters.ts";
import { identityStoreContract } from "./identity-store-contract.ts";
import { journalContract } from "./journal-contract.ts";
import { knownOwnershipContract } from "./known-ownership-contract.ts";
import { leaseTableContract } from "./lease-table-contract.ts";
import { logCopiesContract } from "./log-copies-contract.ts";
import { logMarksContract } from "./log-marks-contract.ts";
import { noticeStoreContract } from "./notice-store-contract.ts";
import { outboxContract } from "./outbox-contract.ts";
import { projectionsContract } from "./projections-contract.ts";
import { projectionsMergedContract } from "./projections-merged-contract.ts";
import { projectionsRewindContract } from "./projections-rewind-contract.ts";
import { reconciliationStoreContract } from "./reconciliation-store-contract.ts";
import { snapshotStoreContract } from "./snapshot-store-contract.ts";
import { isDynamoDbHere } from "./support/dynamodb-here.ts";

// The server is a program for Linux on x64; the same adapters are tested there.
if (isDynamoDbHere())
  describe("on DynamoDB", function () {
    this.timeout(60_000);
    let server: RunningServer;

    before(async () => {
      server = await startDynamoDb({ clock: systemClock() });
      useServer(server.url);
    });
    after(() => server.stop());

    logMarksContract({ ...adapters, ...logSide });
    leaseTableContract({ ...adapters, ...logSide });
    busPositionsContract({ ...adapters, ...busSide });
    noticeStoreContract({ ...adapters, ...busSide });
    crashContract(adapters, { kills: 2, acknowledgementsMin: 5, acknowledgementsMax: 60 });
    auditTrailContract(adapters);
    acceptorContract(adapters);
    journalContract(adapters);
    projectionsContract(adapters);
    projectionsRewindContract(adapters);
    projectionsMergedContract(adapters);
    logCopiesContract(adapters);
    identityStoreContract(adapters);
    countersContract(adapters);
    outboxContract(adapters);
    snapshotStoreContract(adapters);
    reconciliationStoreContract(adapters);
    knownOwnershipContract(adapters);
    connectionsContract(adapters);
  });
