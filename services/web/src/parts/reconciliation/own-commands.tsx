import type { WireVerdictCommand } from "#shared/protocol/reconciliation-messages.ts";
import { TableHead } from "../table-head.tsx";
import { VERDICT_WORDS } from "./verdict-words.ts";

/** What became of the user's orders and cancels of a fork. */
export function OwnCommands({ commands }: { readonly commands: readonly WireVerdictCommand[] }) {
  if (commands.length === 0) return null;
  return (
    <table>
      <caption>Your orders and cancels</caption>
      <TableHead names={["Command", "Order", "Verdict"]} numeric={["Order"]} />
      <tbody>
        {commands.map(({ n, command, orderId, verdict, reason }) => (
          <tr key={n}>
            <td>{command}</td>
            <td className="soft num">{orderId === 0 ? "–" : orderId}</td>
            <td>
              {VERDICT_WORDS[verdict]} {reason !== "" && <small className="soft">{reason}</small>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
