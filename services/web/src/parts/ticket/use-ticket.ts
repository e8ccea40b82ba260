import { useEffect, useState } from "react";
import { wireUnits } from "../../money/decimal.ts";
import { ApiFailure } from "../../state/api.ts";
import { useStore } from "../../state/store.ts";
import type { SymbolInfo } from "../../state/types.ts";
import type { PartProps } from "../part-props.ts";
import { type Refusal, refusalOf, refusalOfDraft } from "./refusal.ts";
import { EMPTY_DRAFT, isMarket, orderParameters, spentAsset, type TicketDraft } from "./ticket-draft.ts";

export type Sending = "no" | "first" | "again";

export interface Ticket {
  readonly draft: TicketDraft;
  readonly refusal: Refusal | undefined;
  readonly sending: Sending;
  readonly change: (change: Partial<TicketDraft>) => void;
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
    const { price, quantity, side } = picked;
    setRefusal(undefined);
    setDraft((before) => ({
      ...before,
      side,
      price,
      amount: quantity,
      isByTotal: false,
      kind: isMarket(before) ? "LIMIT" : before.kind,
    }));
  }, [picked]);

  const change = (change: Partial<TicketDraft>) => {
    setRefusal(undefined);
    setDraft({ ...draft, ...change });
  };
  const refuse = (reason: Refusal) => {
    setRefusal(reason);
    if (reason.field !== undefined)
      document.getElementById(reason.field === "price" ? "price" : "quantity")?.focus();
  };
  const send = async () => {
    const problem = refusalOfDraft(draft);
    if (problem !== undefined) return refuse(problem);
    setRefusal(undefined);
    setSending("first");
    try {
      await exchange.place(orderParameters(draft, info), () => setSending("again"));
      setDraft((now) => ({ ...now, amount: "" }));
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      const spent = spentAsset(draft, info);
      const free = store.get().balances?.find(({ asset }) => asset === spent)?.free;
      refuse(refusalOf(error, draft, info, wireUnits(free)));
    } finally {
      setSending("no");
    }
  };
  return { draft, refusal, sending, change, send };
}
