/** Hours, minutes and seconds where the trader is. */
export function clockText(time: number): string {
  return new Date(time).toLocaleTimeString("en-GB", { hour12: false });
}

/** The same with the day before it, unless that is today. */
export function timeText(time: number, now: number): string {
  const day = dayText(time);
  return day === dayText(now) ? clockText(time) : `${day} ${clockText(time).slice(0, 5)}`;
}

function dayText(time: number): string {
  return new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}
