import { useEffect, useState } from "react";
import { wireUnits } from "../../money/decimal.ts";
import { ApiFailure } from "../../state/api.ts";
import { useStore } from "../../state/store.ts";
import type { SymbolInfo } from "../../state/types.ts";
import type { PartProps } from "../part-props.ts";
import { refusalOfDraft } from "./draft-refusal.ts";
import { refusalOf } from "./exchange-refusal.ts";
import { orderRequest } from "./order-request.ts";
import type { Refusal } from "./refusal.ts";
import { EMPTY_DRAFT, spentAsset, type TicketDraft, withoutQuantities, withPicked } from "./ticket-draft.ts";

export type Sending = "no" | "first" | "again";

export interface Ticket {
  readonly draft: TicketDraft;
  readonly refusal: Refusal | undefined;
  readonly sending: Sending;
  readonly change: (draft: TicketDraft) => void;
  /** Never throws: what stands in the way becomes the refusal. */
  readonly send: () => Promise<void>;
}

/** The ticket's state: its fields, what is wrong with them, and the order on its way. */
export function useTicket({ store, exchange, info }: PartProps & { readonly info: SymbolInfo }): Ticket {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [refusal, setRefusal] = useState<Refusal>();
  const [sending, setSending] = useState<Sending>("no");
  const picked = useStore(store, (state) => state.picked);

  useEffect(() => {
    if (picked === undefined) return;
    setRefusal(undefined);
    setDraft((before) => withPicked(before, picked));
  }, [picked]);

  const change = (next: TicketDraft) => {
    setRefusal(undefined);
    setDraft(next);
  };
  const refuse = (reason: Refusal) => {
    setRefusal(reason);
    if (reason.field !== undefined) document.getElementById(reason.field)?.focus();
  };
  const send = async () => {
    const problem = refusalOfDraft(draft);
    if (problem !== undefined) return refuse(problem);
    setRefusal(undefined);
    setSending("first");
    try {
      await exchange.place(orderRequest(draft, info), () => setSending("again"));
      setDraft(withoutQuantities);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      const { balances, tickers } = store.get();
      const spent = spentAsset(draft, info);
      const free = wireUnits(balances?.find(({ asset }) => asset === spent)?.free);
      refuse(refusalOf(error, { draft, info, free, last: tickers[info.symbol]?.lastPrice }));
    } finally {
      setSending("no");
    }
  };
  return { draft, refusal, sending, change, send };
}
