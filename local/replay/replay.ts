import { BookComparison, type ComparisonResult } from "./book-comparison.ts";
import type { BookRow, RecordedBook } from "./lobster-book.ts";
import type { LobsterMessage } from "./lobster-message.ts";
import { type FlowCounts, RecordedFlow } from "./recorded-flow.ts";
import { ReplayError } from "./replay-error.ts";
import { ReplayMarket } from "./replay-market.ts";
import { ReplayTrader } from "./replay-trader.ts";
import { StepSender } from "./step-sender.ts";

export interface ReplayInput {
  readonly url: string;
  readonly symbol: string;
  readonly messageFile: string;
  readonly messages: readonly LobsterMessage[];
  readonly book: RecordedBook | undefined;
  /** Ends the replay after the message under way. */
  readonly signal?: AbortSignal;
  /** Leaves the orders in the book that are open at the end. */
  readonly keep?: boolean;
  readonly now: () => number;
  readonly randomText: () => string;
  readonly onProgress: (done: number) => void;
}

export interface ReplayResult {
  readonly messages: number;
  readonly counts: FlowCounts;
  /** What one share was traded as, a decimal and its asset. */
  readonly share: string;
  readonly seededLevels: number;
  readonly openOrders: number;
  /** Open orders at the end that are not what the messages leave, in words. */
  readonly wrongOrders: readonly string[];
  /** Only with a recorded book. */
  readonly comparison: ComparisonResult | undefined;
}

/** Sends a recording to a platform as ordinary clients do, one message after the other, and compares. Throws `ReplayError`. */
export async function replay(input: ReplayInput): Promise<ReplayResult> {
  const { url, symbol, messageFile, messages, book, now, randomText } = input;
  if (book !== undefined && book.rows.length !== messages.length) {
    const counts = `${book.rows.length} rows for ${messages.length} messages`;
    throw new ReplayError("REPLAY_ROWS", `The book has ${counts}: the two files are not of one recording.`);
  }
  const market = await ReplayMarket.open(url, symbol, lowestPrice(messages, book?.rows[0]));
  const run = randomText();
  const trader = (role: string) =>
    ReplayTrader.open(url, `replay-${role}-${run}`, randomText() + randomText(), now);
  const sender = new StepSender(market, await trader("maker"), await trader("taker"));
  const flow = new RecordedFlow(messageFile);
  const comparison = book === undefined ? undefined : new BookComparison(book.levels);

  const [firstMessage, firstRow] = [messages[0], book?.rows[0]];
  const seeds = firstMessage === undefined || firstRow === undefined ? [] : flow.seed(firstRow, firstMessage);
  try {
    for (const step of seeds) await sender.send(step, "the levels of row 1");
    let done = 0;
    for (const message of messages) {
      if (input.signal?.aborted === true) break;
      const { steps, unmatched } = flow.next(message);
      for (const step of steps) await sender.send(step, `${messageFile}, line ${message.line}`);
      const row = book?.rows[done];
      if (row !== undefined) comparison?.compare(row, flow.book, await market.book(), unmatched);
      done++;
      input.onProgress(done);
    }
    const open = [...flow.book.orders];
    return {
      messages: done,
      counts: flow.counts,
      share: `${market.quantity(1).replace(/0+$/, "").replace(/\.$/, "")} ${market.baseAsset}`,
      seededLevels: seeds.length,
      openOrders: open.length,
      wrongOrders: await sender.differences(open),
      comparison: comparison?.result(),
    };
  } finally {
    if (input.keep !== true) await sender.cancelAll();
  }
}

/** The lowest price at which a share is placed or taken. */
function lowestPrice(messages: readonly LobsterMessage[], row: BookRow | undefined): number {
  const isSent = ({ kind }: LobsterMessage) =>
    kind === "new" || kind === "partial-cancel" || kind === "execution";
  const levels = row === undefined ? [] : [...row.BUY, ...row.SELL];
  return [...messages.filter(isSent), ...levels].reduce(
    (lowest, { price }) => Math.min(lowest, price),
    Number.MAX_SAFE_INTEGER,
  );
}
