import { ledgerBatch } from "#services/ledger/ledger-handler.ts";
import { openPGliteLedger } from "#shared/adapters/embedded/ledger/open-pglite-ledger.ts";
import { depositMessage } from "#test/contract/support/sample-messages.ts";

// Writes deposits of 1 into the ledger in a folder until it is killed, and says the number of each that is durable.
const ledger = await openPGliteLedger(process.argv[2]);
for (let seq = 1; ; seq++) {
  await ledger.record(ledgerBatch([depositMessage(seq, 1, 1)]));
  process.stdout.write(`${seq}\n`);
}
