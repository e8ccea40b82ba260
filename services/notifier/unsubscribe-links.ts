import type { AccountId } from "#shared/domain/ids.ts";
import { SealBroken, type Sealer } from "#shared/ports/sealer.ts";

/** Whose mails end. */
export interface MailSubscriptionName {
  readonly account: AccountId;
  readonly id: string;
}

export interface UnsubscribeLinks {
  /** The address that ends a subscription: whoever has the mail has it, and can do nothing else with it. */
  urlOf(name: MailSubscriptionName): Promise<string>;
  /** What a link's token names; `undefined` for one that is none of ours. */
  read(token: string): Promise<MailSubscriptionName | undefined>;
}

export const UNSUBSCRIBE_PATH = "/meridian/v1/mails/unsubscribe";
const SEALED_AS = "MAIL-UNSUBSCRIBE";
const TOKEN_MAX = 2048;

/** Links that carry what they are for, sealed: no store knows of them, and none can be made up. */
export function unsubscribeLinks(sealer: Sealer, publicUrl: string): UnsubscribeLinks {
  return {
    urlOf: async (name) => {
      const sealed = await sealer.seal(SEALED_AS, Buffer.from(JSON.stringify(name)));
      return `${publicUrl}${UNSUBSCRIBE_PATH}?token=${Buffer.from(sealed).toString("base64url")}`;
    },
    read: async (token) => {
      if (token.length > TOKEN_MAX) return undefined;
      try {
        const opened = await sealer.open(SEALED_AS, Buffer.from(token, "base64url"));
        return JSON.parse(Buffer.from(opened).toString()) as MailSubscriptionName;
      } catch (error) {
        if (error instanceof SealBroken) return undefined;
        throw error;
      }
    },
  };
}
