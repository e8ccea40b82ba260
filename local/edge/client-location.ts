import type { IncomingMessage } from "node:http";
import { LOCATIONS } from "./locations.ts";

export const LOCATION_HEADER = "x-meridian-location";
const COOKIE = /(?:^|;\s*)meridian_location=([a-z-]+)/;

/** Where a client says that it is: by header, else by `?location=`, else by the page's cookie; `undefined` for nowhere that is known. */
export function clientLocation(request: IncomingMessage): string | undefined {
  const query = new URL(request.url ?? "/", "http://edge").searchParams.get("location");
  const said = [request.headers[LOCATION_HEADER], query, COOKIE.exec(request.headers.cookie ?? "")?.[1]];
  return said.find((name): name is string => typeof name === "string" && Object.hasOwn(LOCATIONS, name));
}
