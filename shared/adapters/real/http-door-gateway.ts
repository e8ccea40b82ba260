import type { DoorGateway } from "#shared/ports/door-gateway.ts";

/** A gateway answers within 5 s, be it that it does not know. */
const TIMEOUT_MS = 8000;

/** The gateway behind an address, by HTTP. */
export function createHttpDoorGateway(url: string): DoorGateway {
  return {
    place: async ({ token, connectionId, body, address }) => {
      try {
        const response = await fetch(`${url}/orders`, {
          method: "POST",
          headers: {
            "Content-Type": "application/json",
            Authorization: `Bearer ${token}`,
            "X-Meridian-Connection": connectionId,
            "X-Forwarded-For": address,
          },
          body,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        return { status: response.status, body: (await response.json()) as object };
      } catch {
        return undefined;
      }
    },
  };
}
