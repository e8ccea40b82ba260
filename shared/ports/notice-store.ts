import type { AccountId } from "#shared/domain/ids.ts";
import type { EventName } from "#shared/protocol/bus/event-name.ts";

/** Who is to be told of what, and what is still to be told. */
export interface NoticeStore {
  /** Adds a subscription, or replaces the one of its id. */
  subscribe(subscription: NoticeSubscription): Promise<void>;
  /** False if the account has none of this id. What waits for it is dropped. */
  unsubscribe(account: AccountId, id: string): Promise<boolean>;
  subscriptionsOf(account: AccountId): Promise<readonly NoticeSubscription[]>;
  /**
   * Adds notices durably. One whose subscription and name are known, told or not, is passed over; so is one of a subscription that has as many waiting as it may. Returns how many were added. Where it rejects some may be there: whoever
   * adds them again adds the rest.
   */
  add(notices: readonly NewNotice[], now: number): Promise<number>;
  /**
   * The oldest waiting notice of each subscription whose time has come, at most `limit`: a subscription hears in order, and one that does not answer holds up nobody else. What is given is not given again for `holdMs`, unless it was settled or
   * postponed before: so two senders do not tell the same, and the notice of one that died is told by the next.
   */
  due(now: number, limit: number, holdMs: number): Promise<readonly Notice[]>;
  /** It was told, or given up. */
  settle(notice: Notice, result: "told" | "given-up", now: number): Promise<void>;
  /** It is tried again at a time. */
  postpone(notice: Notice, dueAt: number): Promise<void>;
  close(): Promise<void>;
}

export const NOTICE_CHANNELS = ["webhook", "mail"] as const;
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];

export interface NoticeSubscription {
  readonly id: string;
  readonly account: AccountId;
  readonly channel: NoticeChannel;
  /** An https address, or a mail address. */
  readonly target: string;
  /** With which webhooks are signed; "" for mail. */
  readonly secret: string;
  /** What it is told of: kinds of notices (services/notifier/notices-of.ts). */
  readonly kinds: readonly string[];
}

export interface NewNotice {
  readonly subscription: string;
  readonly name: EventName;
  /** JSON, as it is sent. */
  readonly body: string;
}

export interface Notice extends NewNotice {
  readonly to: NoticeSubscription;
  /** How often it was tried. */
  readonly attempts: number;
}
