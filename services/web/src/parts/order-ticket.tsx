import { type FormEvent, useEffect, useState } from "react";
import type { PartProps } from "../app.tsx";
import { digitsOf, divide, floorTo, multiply, readable, textOf, trimmed, unitsOf } from "../money/decimal.ts";
import { ApiFailure } from "../state/api.ts";
import { useStore } from "../state/store.ts";

type Side = "BUY" | "SELL";
type Kind = "LIMIT" | "MARKET" | "LIMIT_MAKER";

const KINDS: readonly { readonly kind: Kind; readonly label: string }[] = [
  { kind: "LIMIT", label: "Limit" },
  { kind: "MARKET", label: "Market" },
  { kind: "LIMIT_MAKER", label: "Post only" },
];
const PERCENTS = [25, 50, 75, 100] as const;

/** Which field of the form a refusal concerns, by the field that the gateway names or by its filter. */
function fieldOf(failure: ApiFailure): "price" | "quantity" | undefined {
  if (failure.field === "price" || /PRICE_FILTER|immediately match/.test(failure.message)) return "price";
  if (
    failure.field === "quantity" ||
    failure.field === "quoteOrderQty" ||
    /LOT_SIZE|NOTIONAL|balance/.test(failure.message)
  ) {
    return "quantity";
  }
  return undefined;
}

/** Places orders: B and S choose the side, Enter sends. */
export function OrderTicket({ store, exchange }: PartProps) {
  const info = useStore(store, (state) => state.symbols.find((each) => each.symbol === state.symbol));
  const balances = useStore(store, (state) => state.balances);
  const session = useStore(store, (state) => state.session);
  const picked = useStore(store, (state) => state.picked);
  const bestBid = useStore(store, (state) => state.bids[0]?.[0]);
  const bestAsk = useStore(store, (state) => state.asks[0]?.[0]);
  const [side, setSide] = useState<Side>("BUY");
  const [kind, setKind] = useState<Kind>("LIMIT");
  const [timeInForce, setTimeInForce] = useState("GTC");
  const [byTotal, setByTotal] = useState(false);
  const [price, setPrice] = useState("");
  const [amount, setAmount] = useState("");
  const [failure, setFailure] = useState<ApiFailure>();
  const [isBusy, setBusy] = useState(false);

  useEffect(() => {
    if (picked === undefined) return;
    setPrice(picked.price);
    setSide(picked.side);
    setKind((before) => (before === "MARKET" ? "LIMIT" : before));
  }, [picked]);
  useEffect(() => {
    const choose = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "b" || event.key === "B") setSide("BUY");
      else if (event.key === "s" || event.key === "S") setSide("SELL");
      else return;
      document.getElementById("quantity")?.focus();
      event.preventDefault();
    };
    window.addEventListener("keydown", choose);
    return () => window.removeEventListener("keydown", choose);
  }, []);

  if (info === undefined) return <section className="panel ticket" id="ticket" aria-label="Order ticket" />;
  const { symbol, baseAsset, quoteAsset, tickSize, stepSize } = info;
  const isMarket = kind === "MARKET";
  const isByTotal = isMarket && byTotal;
  const priceDigits = digitsOf(tickSize);
  const lotDigits = digitsOf(stepSize);
  const totalDigits = Math.min(priceDigits + lotDigits, 8);
  const reference = isMarket ? (side === "BUY" ? bestAsk : bestBid) : price;
  const priceUnits = unitsOf(reference ?? "") ?? 0n;
  const amountUnits = unitsOf(amount) ?? 0n;
  const baseUnits = isByTotal ? divide(amountUnits, priceUnits) : amountUnits;
  const totalUnits = isByTotal ? amountUnits : multiply(baseUnits, priceUnits);
  const feeRate = unitsOf(kind === "LIMIT_MAKER" ? info.makerFee : info.takerFee) ?? 0n;
  const feeUnits = multiply(side === "BUY" ? baseUnits : totalUnits, feeRate);
  const spends = side === "BUY" ? quoteAsset : baseAsset;
  const free = unitsOf(balances.find(({ asset }) => asset === spends)?.free ?? "0") ?? 0n;

  const takePercent = (percent: number) => {
    const part = (free * BigInt(percent)) / 100n;
    const step = unitsOf(stepSize) ?? 1n;
    if (isByTotal && side === "BUY") setAmount(textOf(part, totalDigits));
    else if (isByTotal) setAmount(textOf(multiply(floorTo(part, step), priceUnits), totalDigits));
    else setAmount(textOf(floorTo(side === "BUY" ? divide(part, priceUnits) : part, step), lotDigits));
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      await exchange.place({
        symbol,
        side,
        type: kind,
        timeInForce: kind === "LIMIT" ? timeInForce : undefined,
        price: isMarket ? undefined : price.trim(),
        quantity: isByTotal ? undefined : amount.trim(),
        quoteOrderQty: isByTotal ? amount.trim() : undefined,
      });
      setAmount("");
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const failedField = failure === undefined ? undefined : fieldOf(failure);
  const refusal = failure !== undefined && (
    <p className="refusal" role="alert" id="refusal">
      {failure.message}
    </p>
  );
  const isSignedIn = session !== undefined && session !== "unknown";
  return (
    <section className="panel ticket" id="ticket" aria-label="Order ticket">
      <form onSubmit={submit} noValidate>
        <fieldset className="sides" aria-label="Side">
          <button type="button" className="buy" aria-pressed={side === "BUY"} onClick={() => setSide("BUY")}>
            Buy
          </button>
          <button
            type="button"
            className="sell"
            aria-pressed={side === "SELL"}
            onClick={() => setSide("SELL")}
          >
            Sell
          </button>
        </fieldset>
        <fieldset className="choice" aria-label="Order type">
          {KINDS.map(({ kind: each, label }) => (
            <button key={each} type="button" aria-pressed={kind === each} onClick={() => setKind(each)}>
              {label}
            </button>
          ))}
        </fieldset>
        {!isMarket && (
          <label>
            Price <small>{quoteAsset}</small>
            <input
              id="price"
              inputMode="decimal"
              autoComplete="off"
              value={price}
              aria-invalid={failedField === "price"}
              onChange={(event) => setPrice(event.target.value)}
            />
          </label>
        )}
        {failedField === "price" && refusal}
        <label>
          {isByTotal ? "Total" : "Quantity"} <small>{isByTotal ? quoteAsset : baseAsset}</small>
          <input
            id="quantity"
            inputMode="decimal"
            autoComplete="off"
            value={amount}
            aria-invalid={failedField === "quantity"}
            onChange={(event) => setAmount(event.target.value)}
          />
        </label>
        {failedField === "quantity" && refusal}
        <fieldset className="choice" aria-label="Part of the balance">
          {PERCENTS.map((percent) => (
            <button key={percent} type="button" onClick={() => takePercent(percent)}>
              {percent} %
            </button>
          ))}
        </fieldset>
        {kind === "LIMIT" && (
          <label className="inline">
            Time in force
            <select value={timeInForce} onChange={(event) => setTimeInForce(event.target.value)}>
              <option value="GTC">Good till canceled</option>
              <option value="IOC">Immediate or cancel</option>
              <option value="FOK">Fill or kill</option>
            </select>
          </label>
        )}
        {isMarket && (
          <label className="check">
            <input type="checkbox" checked={byTotal} onChange={(event) => setByTotal(event.target.checked)} />{" "}
            by total in {quoteAsset}
          </label>
        )}
        <dl className="preview">
          <div>
            <dt>Available</dt>
            <dd className="num">
              {trimmed(textOf(free, 8))} {spends}
            </dd>
          </div>
          <div>
            <dt>{isMarket ? "Total, about" : "Total"}</dt>
            <dd className="num">
              {readable(textOf(totalUnits, totalDigits), totalDigits)} {quoteAsset}
            </dd>
          </div>
          <div>
            <dt>Fee, {kind === "LIMIT_MAKER" ? "maker" : "at most"}</dt>
            <dd className="num">
              {trimmed(textOf(feeUnits, 8))} {side === "BUY" ? baseAsset : quoteAsset}
            </dd>
          </div>
        </dl>
        {failedField === undefined && refusal}
        <button
          type="submit"
          className={side === "BUY" ? "send buy" : "send sell"}
          disabled={isBusy || !isSignedIn}
        >
          {isSignedIn ? `${side === "BUY" ? "Buy" : "Sell"} ${baseAsset}` : "Sign in to trade"}
        </button>
      </form>
    </section>
  );
}
