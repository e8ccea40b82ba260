import type { AccountId } from "#shared/domain/ids.ts";

/** Who a request speaks for, once it has been authenticated. */
export interface Principal {
  readonly account: AccountId;
  /** The user's name. */
  readonly user: string;
  readonly via: "session" | "api-key";
  /** The key that it came by. */
  readonly apiKey?: string;
  readonly canTrade: boolean;
}

/** What the doors of the gateway ask of identity. Failures are thrown as `ApiError`. */
export interface Authenticator {
  /** A session token from the cookie or a bearer header. */
  bySession(token: string): Promise<Principal>;
  /**
   * A signed request of the Binance dialect: `payload` is the bytes as received without the signature parameter; checks key, signature (constant
   * time), timestamp and recvWindow.
   */
  bySignature(request: SignedRequest): Promise<Principal>;
  /** A key without a signature (routes that only need X-MBX-APIKEY). */
  byApiKey(apiKey: string): Promise<Principal>;
  /** Tells whenever credentials of an account ended (signed out, a key deleted), so that what they opened can be closed. */
  onRevoked(listener: (account: AccountId) => void): void;
}

export interface SignedRequest {
  readonly apiKey: string;
  readonly payload: Uint8Array;
  readonly signature: string;
  readonly timestamp: string | undefined;
  readonly recvWindow: string | undefined;
}
