import { digitsOf, readable } from "../money/decimal.ts";
import { type Store, useStore } from "../state/store.ts";

/** Writes prices of any market with the digits of its tick. */
export function usePriceText(store: Store): (symbol: string, price: string) => string {
  const symbols = useStore(store, (state) => state.symbols);
  return (symbol, price) => {
    const info = symbols.find((each) => each.symbol === symbol);
    return readable(price, digitsOf(info?.tickSize ?? price));
  };
}
