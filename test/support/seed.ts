const DEFAULT_SEED = 20_261;

/**
 * The seed of everything in the tests that is drawn at random: fixed, so that every run is the same run; the environment variable
 * `MERIDIAN_SEED` brings another.
 */
export const SEED = seedOf(process.env.MERIDIAN_SEED);

function seedOf(text: string | undefined): number {
  if (text === undefined || text === "") return DEFAULT_SEED;
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 2 ** 31 - 1)
    throw new Error(`MERIDIAN_SEED takes an integer from 0 to 2147483647, not "${text}"`);
  return seed;
}
