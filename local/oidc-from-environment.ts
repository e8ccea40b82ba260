import { OidcTokens } from "#services/gateway/identity/oidc-tokens.ts";
import type { Clock } from "#shared/ports/clock.ts";

/** Whose tokens a Region takes beside its own: the issuer that MERIDIAN_ISSUER names, for the client id of MERIDIAN_AUDIENCE; nobody's where one of them is not set. */
export function oidcFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): OidcTokens | undefined {
  const { MERIDIAN_ISSUER: issuer, MERIDIAN_AUDIENCE: audience } = environment;
  return issuer && audience ? new OidcTokens({ issuer, audience, clock }) : undefined;
}
