/** A line of the log for a person at a terminal: time, level, who, what, and the rest as `name=value`; an error's stack below it. */
export function plainLine(json: string): string {
  const { "@timestamp": at, level, event, service, region, zone, pid, error, ...rest } = JSON.parse(json);
  const who = [region ?? service, zone].filter((part) => part !== undefined).join("/");
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`);
  const said = error === undefined ? [] : [`${error.name}: ${error.message}`];
  const head = [String(at).slice(11, 23), String(level).padEnd(5), who, event, ...fields, ...said].join(" ");
  const stack: unknown = error?.stack;
  if (typeof stack !== "string" || level !== "error") return `${head}\n`;
  return `${head}\n${stack.split("\n").slice(1, 6).join("\n")}\n`;
}
