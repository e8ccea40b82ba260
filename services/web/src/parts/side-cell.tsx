/** "Buy" or "Sell" in a table; `label` names the column where the line is shown as a card. */
export function SideCell({ side, label }: { readonly side: "BUY" | "SELL"; readonly label?: string }) {
  return (
    <td className={side === "BUY" ? "up" : "down"} data-label={label}>
      {side === "BUY" ? "Buy" : "Sell"}
    </td>
  );
}
