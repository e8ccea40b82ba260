import type { FormEvent } from "react";
import { digitsOf, isZero, textOf, trimmed, wireUnits } from "../../money/decimal.ts";
import { useSession, useStore } from "../../state/store.ts";
import type { SymbolInfo } from "../../state/types.ts";
import { Choice } from "../choice.tsx";
import type { PartProps } from "../part-props.ts";
import { AmountField } from "./amount-field.tsx";
import { RefusalText } from "./refusal-text.tsx";
import { SendButton } from "./send-button.tsx";
import { isByTotal, isMarket, previewOf, spentAsset, withPercent } from "./ticket-draft.ts";
import { Preview } from "./ticket-preview.tsx";
import { useSideKeys } from "./use-side-keys.ts";
import { useTicket } from "./use-ticket.ts";

const SIDES = [
  { value: "BUY", label: "Buy", className: "buy" },
  { value: "SELL", label: "Sell", className: "sell" },
] as const;
const KINDS = [
  { value: "LIMIT", label: "Limit" },
  { value: "MARKET", label: "Market" },
  { value: "LIMIT_MAKER", label: "Post only" },
] as const;
const PERCENTS = [25, 50, 75, 100] as const;

/** The ticket of one market. */
export function TicketForm({ store, exchange, info }: PartProps & { readonly info: SymbolInfo }) {
  const { draft, change, refusal, sending, send } = useTicket({ store, exchange, info });
  const book = useStore(store, (state) => state.book);
  const balances = useStore(store, (state) => state.balances);
  const last = useStore(store, (state) => state.tickers[state.symbol]?.lastPrice);
  const session = useSession(store);
  useSideKeys((side) => change({ side }));

  const { baseAsset, quoteAsset, tickSize, stepSize } = info;
  const spent = spentAsset(draft, info);
  const free =
    balances === undefined ? undefined : wireUnits(balances.find(({ asset }) => asset === spent)?.free);
  const refusalOn = (field: "price" | "amount" | undefined) =>
    refusal?.field === field ? refusal : undefined;
  const needsPrice = draft.side === "BUY" && !isMarket(draft) && wireUnits(draft.price) === 0n;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Choice
        label="Side"
        className="sides"
        options={SIDES}
        chosen={draft.side}
        onChoose={(side) => change({ side })}
      />
      <Choice label="Order type" options={KINDS} chosen={draft.kind} onChoose={(kind) => change({ kind })} />
      {!isMarket(draft) && (
        <AmountField
          id="price"
          label="Price"
          unit={quoteAsset}
          value={draft.price}
          step={tickSize}
          refusal={refusalOn("price")}
          onChange={(price) => change({ price })}
        >
          {last !== undefined && !isZero(last) && (
            <button
              type="button"
              className="link"
              onClick={() => change({ price: textOf(wireUnits(last), digitsOf(tickSize)) })}
            >
              last price
            </button>
          )}
        </AmountField>
      )}
      <AmountField
        id="quantity"
        label={isByTotal(draft) ? "Total" : "Quantity"}
        unit={isByTotal(draft) ? quoteAsset : baseAsset}
        value={draft.amount}
        step={isByTotal(draft) ? "1" : stepSize}
        refusal={refusalOn("amount")}
        onChange={(amount) => change({ amount })}
      >
        {isMarket(draft) && (
          <button
            type="button"
            className="link"
            onClick={() => change({ isByTotal: !draft.isByTotal, amount: "" })}
          >
            in {isByTotal(draft) ? baseAsset : quoteAsset} instead
          </button>
        )}
      </AmountField>
      <fieldset className="choice percents" aria-label={`Part of the free ${spent}`}>
        {PERCENTS.map((percent) => (
          <button
            key={percent}
            type="button"
            disabled={free === undefined || needsPrice}
            onClick={() => change(withPercent(draft, info, free ?? 0n, percent))}
          >
            {percent}%
          </button>
        ))}
      </fieldset>
      <dl className="preview">
        <div>
          <dt>Free</dt>
          <dd className="num">{free === undefined ? "–" : `${trimmed(textOf(free, 8))} ${spent}`}</dd>
        </div>
      </dl>
      {draft.kind === "LIMIT" && (
        <div className="field inline">
          <label htmlFor="time-in-force">Time in force</label>
          <select
            id="time-in-force"
            value={draft.timeInForce}
            onChange={({ target }) => change({ timeInForce: target.value as typeof draft.timeInForce })}
          >
            <option value="GTC">Until canceled</option>
            <option value="IOC">Immediate or cancel</option>
            <option value="FOK">Fill or kill</option>
          </select>
        </div>
      )}
      <Preview
        {...{ draft, info, free }}
        preview={previewOf(draft, info, book)}
        isRefused={refusal !== undefined}
      />
      {refusal !== undefined && refusal.field === undefined && <RefusalText refusal={refusal} />}
      <SendButton {...{ store, sending, session }} side={draft.side} baseAsset={baseAsset} />
      <p className="keys-hint soft">
        <kbd>B</kbd> buy <kbd>S</kbd> sell <kbd>/</kbd> markets <kbd>Enter</kbd> send
      </p>
    </form>
  );
}
