import { createHash, timingSafeEqual } from "node:crypto";
import type { NoticeKind } from "#services/notifier/notices-of.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import { SealBroken, type Sealer } from "#shared/ports/sealer.ts";
import { ApiError } from "#shared/protocol/errors.ts";

/** An address that an account wants to be mailed at. */
export interface WantedMail {
  readonly id: string;
  readonly account: AccountId;
  readonly address: string;
  readonly kinds: readonly NoticeKind[];
}

interface Sealed extends WantedMail {
  /** SHA-256 of the code, hex. */
  readonly code: string;
  readonly expiresAt: number;
}

const SEALED_AS = "MAIL-CONFIRMATION";
const LIFE_MS = 30 * 60_000;
const DIGITS = 8;

/** What an address is confirmed by: a code that only its mailbox sees, and what is wanted, sealed, which the client keeps meanwhile. So nothing is stored of an address before it is confirmed. */
export class MailConfirmations {
  readonly #sealer: Sealer;
  readonly #clock: Pick<Clock, "now">;
  readonly #random: Random;

  constructor(sealer: Sealer, clock: Pick<Clock, "now">, random: Random) {
    this.#sealer = sealer;
    this.#clock = clock;
    this.#random = random;
  }

  async begin(wanted: WantedMail): Promise<{ code: string; confirmation: string; expiresAt: number }> {
    const code = Array.from({ length: DIGITS }, () => this.#random.below(10)).join("");
    const expiresAt = this.#clock.now() + LIFE_MS;
    const sealed: Sealed = { ...wanted, code: digest(code), expiresAt };
    const bytes = await this.#sealer.seal(SEALED_AS, Buffer.from(JSON.stringify(sealed)));
    return { code, confirmation: Buffer.from(bytes).toString("base64url"), expiresAt };
  }

  /** What was wanted, if the code is the one. Throws WRONG_MAIL_CODE, also for what is too old, of another account, or not of ours. */
  async finish(account: AccountId, confirmation: string, code: string): Promise<WantedMail> {
    const { code: expected, expiresAt, ...wanted } = await this.#open(confirmation);
    const isRight = timingSafeEqual(Buffer.from(digest(code)), Buffer.from(expected));
    if (!isRight || wanted.account !== account || expiresAt < this.#clock.now())
      throw new ApiError("WRONG_MAIL_CODE");
    return wanted;
  }

  async #open(confirmation: string): Promise<Sealed> {
    try {
      const opened = await this.#sealer.open(SEALED_AS, Buffer.from(confirmation, "base64url"));
      return JSON.parse(Buffer.from(opened).toString()) as Sealed;
    } catch (error) {
      if (error instanceof SealBroken) throw new ApiError("WRONG_MAIL_CODE");
      throw error;
    }
  }
}

function digest(code: string): string {
  return createHash("sha256").update(code).digest("hex");
}
