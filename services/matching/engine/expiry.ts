import { EXPIRY_REASONS } from "#shared/domain/event.ts";

/** Expiry reasons by their places in their list. */
export const UNFILLED = EXPIRY_REASONS.indexOf("unfilled");
export const QUOTE_SPENT = EXPIRY_REASONS.indexOf("quote-spent");
export const SELF_TRADE = EXPIRY_REASONS.indexOf("self-trade");
export const GOOD_TILL_DATE = EXPIRY_REASONS.indexOf("good-till-date");
export const ORDER_LIST = EXPIRY_REASONS.indexOf("order-list");
export const WOULD_TAKE = EXPIRY_REASONS.indexOf("would-take");
export const INSUFFICIENT_BALANCE = EXPIRY_REASONS.indexOf("insufficient-balance");
