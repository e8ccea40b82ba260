import { CommandLineError } from "./fatal.ts";

/** A whole number that the environment may give, from `least` on; `undefined` where it gives none. Throws `CommandLineError`. */
export function numberFromEnvironment(name: string, least: number): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new CommandLineError(`${name} takes a number from ${least}, not "${text}".`);
  return Number(text);
}
