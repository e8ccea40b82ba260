import { httpDoorHosts } from "./http-door.ts";
import { mailFrom } from "./permissions.ts";
import type { RegionBase } from "./region-stack-types.ts";

/** Who mails, and where the links in mails lead. */
export function mailVariables(base: RegionBase) {
  return {
    MERIDIAN_MAIL_FROM: mailFrom(base),
    // The Region's own: whom it mails, it alone knows.
    MERIDIAN_PUBLIC_URL: `https://${httpDoorHosts(base).region}`,
  };
}
