import { type FormEvent, useState } from "react";
import { textOf, trimmed, wireUnits } from "../../money/decimal.ts";
import { useSession, useStore } from "../../state/store.ts";
import type { SymbolInfo } from "../../state/types.ts";
import { Choice } from "../choice.tsx";
import type { PartProps } from "../part-props.ts";
import { explanationOf } from "./explanation.ts";
import { FirstType } from "./first-type.tsx";
import { KindChoice } from "./kind-choice.tsx";
import { LegOptions } from "./leg-options.tsx";
import { LegPrices } from "./leg-prices.tsx";
import { ListLegs } from "./list-legs.tsx";
import { isShut, marketWords } from "./market-gate.ts";
import { dearestPrice, previewOf } from "./order-preview.ts";
import { QuantityField } from "./quantity-field.tsx";
import { RefusalText } from "./refusal-text.tsx";
import { SelfTradeField } from "./self-trade-field.tsx";
import { SendButton } from "./send-button.tsx";
import {
  isMarket,
  kindOf,
  spentAsset,
  withKind,
  withLeg,
  withoutAdvanced,
  withSide,
} from "./ticket-draft.ts";
import { Preview } from "./ticket-preview.tsx";
import { useSideKeys } from "./use-side-keys.ts";
import { useTicket } from "./use-ticket.ts";

const SIDES = [
  { value: "BUY", label: "Buy", className: "buy" },
  { value: "SELL", label: "Sell", className: "sell" },
] as const;

/** The ticket of one market. */
export function TicketForm({ store, exchange, info }: PartProps & { readonly info: SymbolInfo }) {
  const { draft, change, refusal, sending, send } = useTicket({ store, exchange, info });
  const [isAdvanced, setAdvanced] = useState(false);
  const book = useStore(store, (state) => state.book);
  const balances = useStore(store, (state) => state.balances);
  const last = useStore(store, (state) => state.tickers[info.symbol]?.lastPrice);
  const status = useStore(store, (state) => state.tickers[info.symbol]?.status) ?? "TRADING";
  const session = useSession(store);
  useSideKeys((side) => change(withSide(draft, side)));

  const spent = spentAsset(draft, info);
  const free =
    balances === undefined ? undefined : wireUnits(balances.find(({ asset }) => asset === spent)?.free);
  const needsPrice = draft.side === "BUY" && !isMarket(draft) && dearestPrice(draft, last) === 0n;
  const words = explanationOf(draft, info);
  const closed = marketWords(status);
  const first = {
    ...{ info, last, refusal },
    name: "first" as const,
    leg: draft.legs.first,
    side: draft.side,
    onChange: (leg: Partial<typeof draft.legs.first>) => change(withLeg(draft, "first", leg)),
  };
  const toggle = () => {
    // What is not seen must not be sent.
    if (isAdvanced) change(withoutAdvanced(draft));
    setAdvanced(!isAdvanced);
  };
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
        onChoose={(side) => change(withSide(draft, side))}
      />
      <KindChoice
        kind={kindOf(draft)}
        isAdvanced={isAdvanced}
        orderTypes={info.orderTypes}
        onChoose={(kind) => change(withKind(draft, kind))}
        onToggle={toggle}
      />
      {closed !== undefined && (
        <p className="warning" role="status">
          {closed}
        </p>
      )}
      {words !== undefined && <p className="explanation">{words}</p>}
      <FirstType draft={draft} onChange={change} />
      {draft.list !== "OCO" && <LegPrices {...first} />}
      <QuantityField {...{ draft, info, last, free, needsPrice, refusal }} onChange={change} />
      <dl className="preview">
        <div>
          <dt>Free</dt>
          <dd className="num">{free === undefined ? "–" : `${trimmed(textOf(free, 8))} ${spent}`}</dd>
        </div>
      </dl>
      {draft.list !== "OCO" && <LegOptions {...first} quantity={draft.amount} isAdvanced={isAdvanced} />}
      {draft.list !== undefined && <ListLegs {...{ draft, info, last, refusal }} onChange={change} />}
      {isAdvanced && (
        <SelfTradeField
          {...{ info, refusal }}
          chosen={draft.selfTradePrevention}
          onChoose={(selfTradePrevention) => change({ ...draft, selfTradePrevention })}
        />
      )}
      <Preview
        {...{ draft, info, free }}
        preview={previewOf(draft, info, book, last)}
        isRefused={refusal !== undefined}
      />
      {refusal !== undefined && refusal.field === undefined && <RefusalText refusal={refusal} />}
      <SendButton
        {...{ store, sending, session }}
        side={draft.side}
        list={draft.list}
        baseAsset={info.baseAsset}
        isShut={isShut(draft, status)}
      />
      <p className="keys-hint soft">
        <kbd>B</kbd> buy <kbd>S</kbd> sell <kbd>/</kbd> markets <kbd>Enter</kbd> send
      </p>
    </form>
  );
}
