import type { Event, Outcome } from "#shared/domain/event.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import { becomes, becomesTrue } from "#test/support/becomes-true.ts";
import type { TestTrader } from "#test/support/test-trader.ts";
import { scrapeAll } from "../samples.ts";
import type { Stage } from "../stage.ts";
import { JournalFile } from "./journal-file.ts";
import { restart } from "./restart.ts";
import type { State } from "./state.ts";

const REGION = "eu-west-1";
const SHARD = "crypto-1";
const ASSET = "USDT";

/**
 * A Region's journal says of one account that it has one unit more than came in, and the Region's process folds its view from that. The fold knows nothing of it: engine, digests and ledger are right.
 * It ends as the page says: with a snapshot, which is the fold's, and the process begun anew from it.
 */
export function changedJournal(): State {
  let was: Outcome | undefined;
  return {
    make: async (stage) => {
      const journal = new JournalFile(stage, REGION, SHARD);
      await becomesTrue(`what clients of ${REGION} see does not add up`, async () => {
        const account = await accountOf(await stage.newTrader());
        was = await givenTo(journal, account);
        journal.replace({ ...was, events: was.events.map((event) => oneMore(event, account)) });
        await restart(stage, [REGION]);
        if (await isBroken(stage)) return true;
        // A snapshot was taken in between, and the view begun from that: it is right.
        journal.replace(was);
        return false;
      });
    },
    end: async (stage) => {
      await restart(stage, [REGION]);
      // The page's way is done; the record is put right for whoever folds the log against this journal later.
      if (was !== undefined) new JournalFile(stage, REGION, SHARD).replace(was);
    },
  };
}

async function accountOf(trader: TestTrader): Promise<AccountId> {
  const { body } = await trader.get("/api/v3/account");
  return body.uid as AccountId;
}

/** The outcome that gave an account its test funds, once the Region has journaled it. */
async function givenTo(journal: JournalFile, account: AccountId): Promise<Outcome> {
  const of = ({ events }: Outcome) => events.some((event) => isBalanceOf(event, account));
  const found = await becomes(
    `the journal of ${REGION} has the funds of account ${account}`,
    async () => journal.outcomes(0).find(of),
    (outcome) => outcome !== undefined,
  );
  if (found === undefined) throw new Error("it was waited for");
  return found;
}

function isBalanceOf(event: Event, account: AccountId): event is Extract<Event, { kind: "BalanceChanged" }> {
  return event.kind === "BalanceChanged" && event.account === account && event.asset === ASSET;
}

function oneMore(event: Event, account: AccountId): Event {
  return isBalanceOf(event, account) ? { ...event, free: event.free + 1 } : event;
}

/** Whether what the Region's view holds is more or less than came in; asked once it says anything of it. */
async function isBroken(stage: Stage): Promise<boolean> {
  const samples = await becomes(
    `${REGION} tells of its accounts`,
    async () => {
      const scrape = (await scrapeAll(stage.dataFolder)).find(({ process }) => process === REGION);
      return (scrape?.samples ?? []).filter(({ name }) => name === "meridian_conservation_residual");
    },
    ({ length }) => length > 0,
  );
  return samples.some(({ value }) => value !== 0);
}
