/** A value in Grafana's unit, short enough for the side of a chart. */
export function valueText(value: number, unit: string): string {
  switch (unit) {
    case "s":
      return secondsText(value);
    case "percentunit":
      return `${figures(value * 100)} %`;
    case "currencyUSD":
      return `$${figures(value)}`;
    case "bytes":
      return bytesText(value);
    case "reqps":
    case "ops":
      return `${figures(value)}/s`;
    default:
      return figures(value);
  }
}

function secondsText(value: number): string {
  if (value === 0) return "0 s";
  if (value < 0.001) return `${figures(value * 1e6)} µs`;
  if (value < 1) return `${figures(value * 1000)} ms`;
  return `${figures(value)} s`;
}

const BYTES = ["B", "KiB", "MiB", "GiB"];

function bytesText(value: number): string {
  const power = value < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log2(value) / 10));
  return `${figures(value / 1024 ** power)} ${BYTES[power]}`;
}

/** Three figures at most, never as a power. */
function figures(value: number): string {
  if (Math.abs(value) >= 1e6) return `${figures(value / 1e6)} M`;
  if (Math.abs(value) >= 1e4) return `${figures(value / 1e3)} k`;
  if (Math.abs(value) >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** `20 s`, `3 min`, `2 h`: how long, in the largest unit. */
export function lastsText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** The time of day where the reader is. */
export function clockText(ms: number, withSeconds = false): string {
  const time = new Date(ms).toLocaleTimeString("en-GB", { hour12: false });
  return withSeconds ? time : time.slice(0, 5);
}
