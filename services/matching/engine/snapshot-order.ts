/** The numbers that end an order in a snapshot (`openOrderCodec`), by their places: read and written in one go. */
export const ORDER_NUMBERS = 17;
export const PRICE = 0;
export const QUANTITY = 1;
export const STOP_PRICE = 2;
export const TRAILING_DELTA = 3;
export const ICEBERG_QUANTITY = 4;
export const GOOD_TILL_DATE = 5;
export const LIST_ID = 6;
export const EXECUTED = 7;
export const EXECUTED_QUOTE = 8;
export const PREVENTED = 9;
export const VISIBLE = 10;
export const PRIORITY = 11;
export const EXTREME = 12;
export const LOCK_PRICE = 13;
export const LOCKED = 14;
export const TIME = 15;
export const WORKING_TIME = 16;

/** No order takes fewer bytes: account, market, order id, client order id, four words, and those numbers. */
export const SHORTEST_ORDER = 1 + 1 + 1 + 1 + 4 + ORDER_NUMBERS;
