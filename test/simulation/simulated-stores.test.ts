import { acceptorContract } from "#test/contract/acceptor-contract.ts";
import { commandLogContract } from "#test/contract/command-log-contract.ts";
import { countersContract } from "#test/contract/counters-contract.ts";
import { journalContract } from "#test/contract/journal-contract.ts";
import { logCopiesContract } from "#test/contract/log-copies-contract.ts";
import { reconciliationStoreContract } from "#test/contract/reconciliation-store-contract.ts";
import { snapshotStoreContract } from "#test/contract/snapshot-store-contract.ts";
import { adapters } from "./simulated-adapters.ts";

commandLogContract(adapters);
logCopiesContract(adapters);
journalContract(adapters);
snapshotStoreContract(adapters);
countersContract(adapters);
reconciliationStoreContract(adapters);
acceptorContract(adapters);
