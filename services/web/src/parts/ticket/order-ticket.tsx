import { useMarket } from "../../state/store.ts";
import type { PartProps } from "../part-props.ts";
import { Skeleton } from "../skeleton.tsx";
import { TicketForm } from "./ticket-form.tsx";

/** Where orders are placed: B and S choose the side, Enter sends. */
export function OrderTicket({ store, exchange }: PartProps) {
  const info = useMarket(store);
  return (
    <section
      className="panel ticket"
      id="ticket"
      tabIndex={-1}
      aria-label="Order ticket"
      aria-busy={info === undefined}
    >
      {info === undefined ? (
        <Skeleton rows={12} what="the order ticket" />
      ) : (
        <TicketForm key={info.symbol} {...{ store, exchange, info }} />
      )}
    </section>
  );
}
