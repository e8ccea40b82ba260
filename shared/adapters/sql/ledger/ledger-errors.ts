import { LedgerUnavailable } from "#shared/ports/ledger.ts";

/** SQLSTATE classes that pass: connection, resources, operator intervention, system; and transactions that the database rolled back. */
const PASSING = /^(08|53|57|58|40)/;
/** Of sockets, and of a pool that waited too long. */
const UNREACHABLE = /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|terminated|timeout|not queryable|closed/i;

/** Turns what a database that is away makes the driver throw into `LedgerUnavailable`; anything else is thrown as it is. */
export async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = "", message = "" } = error as { readonly code?: string; readonly message?: string };
    const isState = /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("EPIPE");
    if (isState ? PASSING.test(code) : UNREACHABLE.test(`${code} ${message}`))
      throw new LedgerUnavailable(`The ledger's database cannot be reached: ${message}`, { cause: error });
    throw error;
  }
}
