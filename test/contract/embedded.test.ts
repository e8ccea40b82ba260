import { commandLogContract } from "./command-log-contract.ts";
import { countersContract } from "./counters-contract.ts";
import { crashContract } from "./crash-contract.ts";
import { adapters } from "./embedded-adapters.ts";
import { identityStoreContract } from "./identity-store-contract.ts";
import { journalContract } from "./journal-contract.ts";
import { outcomeFeedContract } from "./outcome-feed-contract.ts";
import { projectionsContract } from "./projections-contract.ts";
import { snapshotStoreContract } from "./snapshot-store-contract.ts";

commandLogContract(adapters);
journalContract(adapters);
snapshotStoreContract(adapters);
projectionsContract(adapters);
countersContract(adapters);
identityStoreContract(adapters);
outcomeFeedContract(adapters);
crashContract(adapters);
