import { readable, textOf, trimmed } from "../../money/decimal.ts";
import type { SymbolInfo } from "../../state/types.ts";
import type { OrderPreview } from "./order-preview.ts";
import { earnedAsset, isMarket, spentAsset, type TicketDraft, totalDigits } from "./ticket-draft.ts";

interface PreviewProps {
  readonly draft: TicketDraft;
  readonly info: SymbolInfo;
  readonly preview: OrderPreview;
  /** What is free of the asset that the order pays with; `undefined` for who has no account here. */
  readonly free: bigint | undefined;
  /** True where a refusal says more. */
  readonly isRefused: boolean;
}

/** What the order costs and brings, and what stands in its way. */
export function Preview({ draft, info, preview, free, isRefused }: PreviewProps) {
  const { quoteAsset, baseAsset } = info;
  const about = aboutWords(draft, preview);
  const isMaker = draft.list === undefined && draft.legs.first.type === "LIMIT_MAKER";
  const earned = earnedAsset(draft, info);
  const spent = spentAsset(draft, info);
  const isShort = !isRefused && free !== undefined && preview.spends > free;
  const digits = totalDigits(info);
  return (
    <>
      <dl className="preview">
        <div>
          <dt>Total{about}</dt>
          <dd className="num">
            {readable(textOf(preview.total, digits), digits)} {quoteAsset}
          </dd>
        </div>
        <div>
          <dt>Fee, {isMaker || isMarket(draft) ? "about" : "at most"}</dt>
          <dd className="num">
            {trimmed(textOf(preview.fee, 8))} {earned}
          </dd>
        </div>
        <div>
          <dt>You get{about}</dt>
          <dd className="num">
            {trimmed(textOf(preview.earns, 8))} {earned}
          </dd>
        </div>
      </dl>
      {isShort && <p className="warning">More than the {spent} that you have free.</p>}
      {!preview.isWhole && (
        <p className="warning">
          The book has only {trimmed(textOf(preview.quantity, 8))} {baseAsset} for this now.
        </p>
      )}
    </>
  );
}

/** How sure the amounts are. Of an OCO only one order trades: what is shown is the greater. */
function aboutWords({ list }: TicketDraft, { isSure }: OrderPreview): string {
  if (list === "OCO") return ", at most";
  if (list !== undefined) return ", first order";
  return isSure ? "" : ", about";
}
