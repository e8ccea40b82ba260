import type { WriteStream } from "node:tty";

/** Tells how far it is: on a terminal in one line that is rewritten, elsewhere a line each tenth. */
export function showProgress(out: WriteStream, total: number): (done: number) => void {
  let shown = 0;
  return (done) => {
    const isLast = done === total;
    const percent = Math.floor((100 * done) / total);
    const step = out.isTTY ? 1 : 10;
    if (!isLast && percent < shown + step) return;
    shown = percent;
    const text = `  ${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} messages`;
    if (out.isTTY) out.write(`\r${text}${isLast ? "\n" : ""}`);
    else out.write(`${text}\n`);
  };
}
