import { parseArgs } from "node:util";
import { CommandLineError } from "../cli/fatal.ts";

/** What `npm run replay` was asked for. */
export type ReplayOptions =
  | { readonly kind: "help"; readonly text: string }
  | {
      readonly kind: "run";
      readonly messageFile: string;
      readonly bookFile: string | undefined;
      readonly symbol: string;
      readonly url: string;
      /** The address was given; where it was not, a platform may be started. */
      readonly isUrlGiven: boolean;
      readonly keep: boolean;
    };

export const DEFAULT_URL = "http://localhost:8080";

const HELP = `Sends a recorded day of NASDAQ order flow (a LOBSTER message file) to a running Meridian.

  npm run replay -- MESSAGE_FILE [options]

  --book BOOK_FILE  the recorded order book of the same day: compared after every message
  --market SYMBOL   where to (AAPLUSD)
  --url URL         the platform (${DEFAULT_URL}; if nothing answers there, one is started for the replay)
  --keep            leave the orders that are open at the end
  --help            this text

The market must be empty: start the platform with --embedded --no-bots. More: docs/replay.md
`;

/** Reads the command line. Throws `CommandLineError` for what it does not know. */
export function parseReplayOptions(args: readonly string[]): ReplayOptions {
  const { values, positionals } = parsed(args);
  if (values.help === true) return { kind: "help", text: HELP };
  const [messageFile, ...others] = positionals;
  if (messageFile === undefined || others.length > 0) {
    throw new CommandLineError("replay takes one message file. See --help.");
  }
  if (values.url !== undefined && !URL.canParse(values.url)) {
    throw new CommandLineError(`--url takes an address like ${DEFAULT_URL}, not "${values.url}".`);
  }
  return {
    kind: "run",
    messageFile,
    bookFile: values.book,
    symbol: values.market,
    url: (values.url ?? DEFAULT_URL).replace(/\/+$/, ""),
    isUrlGiven: values.url !== undefined,
    keep: values.keep,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        book: { type: "string" },
        market: { type: "string", default: "AAPLUSD" },
        url: { type: "string" },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(". ");
    throw new CommandLineError(`${reason}. See --help.`);
  }
}
