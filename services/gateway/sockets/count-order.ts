import type { AccountId } from "#shared/domain/ids.ts";

/** Runs the placing of one order of an account, or of several at once, under its order limits. Throws TOO_MANY_ORDERS. */
export type CountOrder = <T>(account: AccountId, place: () => Promise<T>, orders?: number) => Promise<T>;
