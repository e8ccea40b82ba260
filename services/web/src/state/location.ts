/** Where a client may say that it is; the edge knows how far the Regions are from there. */
export const PLACES = {
  "new-york": "New York",
  "sao-paulo": "São Paulo",
  london: "London",
  frankfurt: "Frankfurt",
  tokyo: "Tokyo",
  singapore: "Singapore",
  sydney: "Sydney",
} as const;

export type PlaceName = keyof typeof PLACES;

const YEAR_S = 31_536_000;

/** The place that a cookie header names; `undefined` for none. */
export function placeOfCookie(cookie: string): PlaceName | undefined {
  const name = /(?:^|;\s*)meridian_location=([a-z-]+)/.exec(cookie)?.[1];
  return isPlace(name) ? name : undefined;
}

/** What `document.cookie` is set to so that the edge takes the page to the Regions nearest to a place; `undefined` for no place. */
export function cookieOfPlace(name: PlaceName | undefined): string {
  const value = name === undefined ? "; Max-Age=0" : `${name}; Max-Age=${YEAR_S}`;
  return `meridian_location=${value}; Path=/; SameSite=Lax`;
}

export function isPlace(name: string | undefined): name is PlaceName {
  return name !== undefined && Object.hasOwn(PLACES, name);
}
