import { formatDecimal } from "#shared/domain/decimal.ts";
import type { Market } from "#shared/domain/market.ts";
import { WIRE_DIGITS } from "#shared/domain/market-units.ts";

/** Fees are kept in parts per million. */
const PPM_DIGITS = 6;

/** A fee as Binance writes rates: 1000 ppm is "0.00100000". */
export function rate(ppm: number): string {
  return formatDecimal(ppm, PPM_DIGITS, WIRE_DIGITS);
}

/** Maker and taker rates; the side of the order makes no difference here. */
export function rates(makerPpm: number, takerPpm: number) {
  return { maker: rate(makerPpm), taker: rate(takerPpm), buyer: rate(0), seller: rate(0) };
}

/** As GET /api/v3/account/commission answers: there are no special rates, taxes or discounts. */
export function commissionJson({ id, makerFeePpm, takerFeePpm }: Market) {
  return {
    symbol: id,
    standardCommission: rates(makerFeePpm, takerFeePpm),
    specialCommission: rates(0, 0),
    taxCommission: rates(0, 0),
    discount: NO_DISCOUNT,
  };
}

/** As POST /api/v3/order/test answers with computeCommissionRates. */
export function orderCommissionJson({ makerFeePpm, takerFeePpm }: Market) {
  const none = { maker: rate(0), taker: rate(0) };
  return {
    standardCommissionForOrder: { maker: rate(makerFeePpm), taker: rate(takerFeePpm) },
    specialCommissionForOrder: none,
    taxCommissionForOrder: none,
    discount: NO_DISCOUNT,
  };
}

const NO_DISCOUNT = {
  enabledForAccount: false,
  enabledForSymbol: false,
  discountAsset: "",
  discount: rate(0),
};
