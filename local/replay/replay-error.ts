/** Why a replay cannot begin or go on. */
export type ReplayErrorCode =
  | "REPLAY_FILE"
  | "REPLAY_LINE"
  | "REPLAY_ROWS"
  | "REPLAY_UNREACHABLE"
  | "REPLAY_MARKET"
  | "REPLAY_BUSY"
  | "REPLAY_FUNDS"
  | "REPLAY_REFUSED";

/** What the person at the keyboard can put right: a file, an address, a market. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
  readonly code: ReplayErrorCode;

  constructor(code: ReplayErrorCode, text: string) {
    super(`${text} (${code})`);
    this.code = code;
  }
}

/** A line of a file that is not what it should be; lines count from 1. */
export function lineError(file: string, line: number, text: string): ReplayError {
  return new ReplayError("REPLAY_LINE", `${file}, line ${line}: ${text}`);
}
